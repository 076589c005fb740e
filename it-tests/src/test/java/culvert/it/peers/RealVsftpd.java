package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A vsftpd on the loopback for the test account, with a configuration and a log of its own. */
public final class RealVsftpd implements RealFtpServer {
  static final Path PROGRAM = Path.of("/usr/sbin/vsftpd");

  private static final int PASSIVE_PORTS = 300;
  private static final Pattern PASSIVE_REPLY =
      Pattern.compile(
          "FTP response: Client \"[^\"]*\", \"(?:"
              + "227 [^\"]*,(\\d+),(\\d+)\\)|229 [^\"]*\\|\\|\\|(\\d+)\\|\\))");

  private final Path directory;
  private final String address;
  private final int port;
  private final GreetingServer server;

  private RealVsftpd(Path directory, String address, int port, Optional<NetworkNamespace> network) {
    this.directory = directory;
    this.address = address;
    this.port = port;
    this.server =
        new GreetingServer(
            address,
            port,
            List.of(PROGRAM.toString(), configuration().toString()),
            directory.resolve("output"),
            network);
  }

  /**
   * Starts a vsftpd.
   *
   * @param options lines of vsftpd.conf(5) that take precedence
   */
  public static RealVsftpd start(String... options) throws IOException {
    return startAt("127.0.0.1", FreePorts.next(), options);
  }

  /** Starts a vsftpd on an address and port of the caller's choice. */
  public static RealVsftpd startAt(String address, int port, String... options) throws IOException {
    return start(address, port, Optional.empty(), options);
  }

  /** The same in a network of its own. */
  public static RealVsftpd startIn(
      NetworkNamespace network, String address, int port, String... options) throws IOException {
    return start(address, port, Optional.of(network), options);
  }

  private static RealVsftpd start(
      String address, int port, Optional<NetworkNamespace> network, String... options)
      throws IOException {
    Files.createDirectories(Path.of("/run/vsftpd/empty"));
    Path directory = Files.createTempDirectory("culvert-vsftpd-");
    RealVsftpd vsftpd = new RealVsftpd(directory, address, port, network);
    Files.write(vsftpd.configuration(), vsftpd.configurationLines(options));
    return ServerLogs.started(vsftpd, vsftpd::restart);
  }

  @Override
  public String name() {
    return "vsftpd";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public List<ProcessHandle> sessionProcesses() {
    return server.sessions();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Each session has two processes. SIGCHLD also says that a child was stopped, but the upper
   * process takes it for the end of the lower one and waits for that from then on.
   */
  @Override
  public List<ProcessHandle> stoppableProcesses() {
    return server.leaders();
  }

  /** Starts a listener on the same port, after {@link #stop} or over the old one. */
  public void restart() {
    server.restart();
  }

  /** Ends the listener and every session with SIGKILL. */
  public void stop() {
    server.stop();
  }

  @Override
  public String log() throws IOException {
    return ServerLogs.read(logFile());
  }

  /** How many control connections were made by now, from wherever. */
  public long controlConnections() throws IOException {
    return log().lines().filter(line -> line.contains(" CONNECT: Client ")).count()
        - server.probes();
  }

  /** The ports that 227 and 229 replies announced by now, oldest first. */
  public List<Integer> passivePorts() throws IOException {
    List<Integer> ports = new ArrayList<>();
    Matcher matcher = PASSIVE_REPLY.matcher(log());
    while (matcher.find()) {
      ports.add(
          matcher.group(3) != null
              ? Integer.parseInt(matcher.group(3))
              : Integer.parseInt(matcher.group(1)) * 256 + Integer.parseInt(matcher.group(2)));
    }
    return ports;
  }

  @Override
  public void close() throws IOException {
    stop();
    TestAccount.delete(directory);
  }

  private List<String> configurationLines(String... options) {
    int passive = ThreadLocalRandom.current().nextInt(61_000, 65_535 - PASSIVE_PORTS);
    List<String> lines =
        new ArrayList<>(
            List.of(
                "listen=YES",
                "listen_address=" + address,
                "listen_port=" + port,
                "background=NO",
                "anonymous_enable=NO",
                "local_enable=YES",
                "write_enable=YES",
                "local_umask=022",
                "check_shell=NO",
                "pam_service_name=culvert-test",
                "secure_chroot_dir=/run/vsftpd/empty",
                "seccomp_sandbox=NO",
                "delay_failed_login=0",
                "pasv_min_port=" + passive,
                "pasv_max_port=" + (passive + PASSIVE_PORTS),
                "xferlog_enable=YES",
                "xferlog_std_format=NO",
                "log_ftp_protocol=YES",
                "vsftpd_log_file=" + logFile()));
    lines.addAll(List.of(options)); // the last value of a key counts
    return lines;
  }

  private Path configuration() {
    return directory.resolve("vsftpd.conf");
  }

  private Path logFile() {
    return directory.resolve("log");
  }
}
