package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A proftpd on the loopback for the test account, with a configuration of its own. */
public final class RealProftpd implements RealFtpServer {
  static final Path PROGRAM = RealPeers.UNPACKED.resolve("usr/sbin/proftpd");

  private static final int PASSIVE_PORTS = 300;

  private final Path directory;
  private final int port;
  private final GreetingServer server;

  private RealProftpd(
      Path directory, String address, int port, Optional<NetworkNamespace> network) {
    this.directory = directory;
    this.port = port;
    this.server =
        new GreetingServer(
            address,
            port,
            List.of(PROGRAM.toString(), "--nodaemon", "--config", configuration().toString()),
            directory.resolve("output"),
            network);
  }

  /**
   * Starts a proftpd.
   *
   * @param options more directives
   */
  public static RealProftpd start(String... options) throws IOException {
    return start(Optional.empty(), List.of("127.0.0.1"), FreePorts.next(), options);
  }

  /** Starts one in a network of its own, on addresses and a port of the caller's choice. */
  public static RealProftpd startIn(
      NetworkNamespace network, List<String> addresses, int port, String... options)
      throws IOException {
    return start(Optional.of(network), addresses, port, options);
  }

  private static RealProftpd start(
      Optional<NetworkNamespace> network, List<String> addresses, int port, String... options)
      throws IOException {
    Path directory = Files.createTempDirectory("culvert-proftpd-");
    RealProftpd proftpd = new RealProftpd(directory, addresses.get(0), port, network);
    Files.write(proftpd.configuration(), proftpd.configurationLines(addresses, options));
    return ServerLogs.started(proftpd, proftpd.server::restart);
  }

  @Override
  public String name() {
    return "proftpd";
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
    return ServerLogs.read(logFile()) + server.said();
  }

  @Override
  public void close() throws IOException {
    server.stop();
    TestAccount.delete(directory);
  }

  private List<String> configurationLines(List<String> addresses, String... options) {
    int passive = ThreadLocalRandom.current().nextInt(61_000, 65_535 - PASSIVE_PORTS);
    List<String> lines =
        new ArrayList<>(
            List.of(
                "ServerName culvert",
                "ServerType standalone",
                "DefaultAddress " + String.join(" ", addresses),
                "SocketBindTight on",
                "Port " + port,
                "PassivePorts " + passive + " " + (passive + PASSIVE_PORTS),
                "User nobody",
                "Group nogroup",
                "AuthPAMConfig culvert-test",
                "AuthOrder mod_auth_pam.c* mod_auth_unix.c",
                "RequireValidShell off",
                "UseFtpUsers off",
                "UseReverseDNS off",
                "DelayEngine off",
                "ControlsEngine off",
                "AllowOverwrite on",
                "AllowStoreRestart on",
                "WtmpLog off",
                "TransferLog none",
                "SystemLog " + logFile(),
                "PidFile " + directory.resolve("pid"),
                "ScoreboardFile " + directory.resolve("scoreboard")));
    lines.addAll(List.of(options));
    return lines;
  }

  private Path logFile() {
    return directory.resolve("log");
  }

  private Path configuration() {
    return directory.resolve("proftpd.conf");
  }
}
