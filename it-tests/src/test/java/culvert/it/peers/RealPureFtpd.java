package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A pure-ftpd on 127.0.0.1 for the test account; all its configuration is its command line. */
public final class RealPureFtpd implements RealFtpServer {
  static final Path PROGRAM = RealPeers.UNPACKED.resolve("usr/sbin/pure-ftpd");

  private static final int PASSIVE_PORTS = 300;

  private final Path directory;
  private final int port;
  private final GreetingServer server;

  private RealPureFtpd(Path directory, int port, String... options) {
    this.directory = directory;
    this.port = port;
    this.server =
        new GreetingServer("127.0.0.1", port, command(options), directory.resolve("output"));
  }

  /**
   * Starts a pure-ftpd.
   *
   * @param options more options of its command line
   */
  public static RealPureFtpd start(String... options) throws IOException {
    RealPureFtpd pureFtpd =
        new RealPureFtpd(
            Files.createTempDirectory("culvert-pure-ftpd-"), FreePorts.next(), options);
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
                "--bind=127.0.0.1," + port,
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
