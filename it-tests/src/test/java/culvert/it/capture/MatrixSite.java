package culvert.it.capture;

import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Captured clients, and every server that they are to get to. */
record MatrixSite(CaptureHosts hosts, MatrixServers servers) implements AutoCloseable {
  static final List<String> ADDRESSES = List.of(CaptureHosts.SERVER, CaptureHosts.SERVER_6);

  private static final String RULES =
      """
      rules:
        - match: { port: %s }
          action: ftp-tunnel
          fallback: plain
          fallback-on: unreachable
      """
          .formatted(MatrixServer.allPorts());

  /** Clients on Culvert's own host. */
  static MatrixSite ofHost(Path directory, Optional<TestCgroup> cgroup, List<MatrixServer> servers)
      throws Exception {
    return of(
        CaptureHosts.start(
            Files.createDirectory(directory),
            "listeners: [{ redirect: 127.0.0.1:218 }, { redirect: '[::1]:218' },"
                + " { name: socks, socks: 127.0.0.1:0 }]\n",
            RULES
                + "capture: { users: %s, cgroups: %s }\n"
                    .formatted(TestAccount.USER, cgroup.map(TestCgroup::name).orElse("[]"))),
        "in active mode data comes from the FTP server's own address",
        servers);
  }

  /** Clients on another host, for which Culvert's is the gateway. */
  static MatrixSite ofGateway(Path directory, List<MatrixServer> servers) throws Exception {
    return of(
        CaptureHosts.startGateway(
            Files.createDirectory(directory),
            "listeners: [{ redirect: 127.0.0.1:2180, transparent: true },"
                + " { redirect: '[::1]:2180', transparent: true }, { socks: 127.0.0.1:0 }]\n",
            RULES + "capture: { forwarded: [10.78.0.0/24, 'fd78::/64'] }\n"),
        "the rules are those of the configuration",
        servers);
  }

  private static MatrixSite of(CaptureHosts hosts, String seen, List<MatrixServer> servers)
      throws IOException {
    try {
      hosts.applyTable(seen);
      return new MatrixSite(hosts, MatrixServers.startIn(hosts.servers(), ADDRESSES, servers));
    } catch (IOException | RuntimeException e) {
      hosts.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    servers.close();
    hosts.close();
  }
}
