package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A pure-ftpd on the loopback for the test account; all its configuration is its command line. */
public final class RealPureFtpd implements RealFtpServer {
  static final Path PROGRAM = RealPeers.UNPACKED.resolve("usr/sbin/pure-ftpd");

  private static final int PASSIVE_PORTS = 300;

  private final Path directory;
  private final int port;
  private final GreetingServer server;

  private RealPureFtpd(
      Path directory,
      String address,
      int port,
      Optional<NetworkNamespace> network,
      String... options) {
    this.directory = directory;
    this.port = port;
    this.server =
        new GreetingServer(address, port, command(options), directory.resolve("output"), network);
  }

  /**
   * Starts a pure-ftpd.
   *
   * @param options more options of its command line
   */
  public static RealPureFtpd start(String... options) throws IOException {
    int port = FreePorts.next();
    return start(Optional.empty(), "127.0.0.1", port, "--bind=127.0.0.1," + port, options);
  }

  /**
   * Starts one in a network of its own, on all its addresses.
   *
   * @param address one of them
   */
  public static RealPureFtpd startIn(
      NetworkNamespace network, String address, int port, String... options) throws IOException {
    return start(Optional.of(network), address, port, "--bind=" + port, options);
  }

  private static RealPureFtpd start(
      Optional<NetworkNamespace> network, String address, int port, String bind, String... options)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(bind));
    all.addAll(List.of(options));
    RealPureFtpd pureFtpd =
        new RealPureFtpd(
            Files.createTempDirectory("culvert-pure-ftpd-"),
            address,
            port,
            network,
            all.toArray(String[]::new));
    return ServerLogs.started(pureFtpd, pureFtpd.server::restart);
  }

  @Override
  public String name() {
    return "pure-ftpd";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public List<ProcessHandle> sessionProcesses() {
    return server.sessions();
  }

  @Override
  public String log() throws IOException {
    return server.said();
  }

  @Override
  public void close() throws IOException {
    server.stop();
    TestAccount.delete(directory);
  }

  private List<String> command(String... options) {
    int passive = ThreadLocalRandom.current().nextInt(61_000, 65_535 - PASSIVE_PORTS);
    List<String> command =
        new ArrayList<>(
            List.of(
                PROGRAM.toString(),
                "--login=unix",
                "--noanonymous",
                "--dontresolve",
                "--maxclientsnumber=200",
                "--maxclientsperip=200",
                "--syslogfacility=none",
                "--passiveportrange=" + passive + ":" + (passive + PASSIVE_PORTS),
                "--pidfile=" + directory.resolve("pid")));
    command.addAll(List.of(options));
    return command;
  }
}
