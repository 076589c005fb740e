package culvert.it.peers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** An sshd of OpenSSH on the loopback, with a configuration, a host key and a log of its own. */
public final class RealSshd implements RealServer {
  static final Path PROGRAM = Path.of("/usr/sbin/sshd");

  static final String NO_PENALTIES = "PerSourcePenalties no";

  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Pattern DIRECT_TCPIP =
      Pattern.compile(
          "server_request_direct_tcpip: originator (\\S+) port (\\d+), target (\\S+) port (\\d+)");

  private final Path directory;
  private final String address;
  private final int port;
  private final Path program;
  private Process process;

  private RealSshd(Path directory, String address, int port, Path program) {
    this.directory = directory;
    this.address = address;
    this.port = port;
    this.program = program;
  }

  /**
   * Starts an sshd.
   *
   * @param options lines of sshd_config(5) that take precedence, such as {@code RekeyLimit 64K}
   */
  public static RealSshd start(String... options) throws IOException {
    return startAt("127.0.0.1", FreePorts.next(), options);
  }

  /** Starts an sshd on an address and port of the caller's choice. */
  public static RealSshd startAt(String address, int port, String... options) throws IOException {
    return start(Files.createTempDirectory("culvert-sshd-"), address, port, PROGRAM, options);
  }

  /** The same in a network of its own. */
  public static RealSshd startIn(
      NetworkNamespace network, String address, int port, String... options) throws IOException {
    Path directory = Files.createTempDirectory("culvert-sshd-");
    return start(directory, address, port, network.program(directory, PROGRAM), options);
  }

  /** Starts an sshd that asks that PAM service: its own name is the service's. */
  public static RealSshd startWith(PamService pam, String... options) throws IOException {
    Path directory = Files.createTempDirectory("culvert-sshd-");
    Path program = Files.createSymbolicLink(directory.resolve(pam.name()), PROGRAM);
    return start(directory, "127.0.0.1", FreePorts.next(), program, options);
  }

  private static RealSshd start(
      Path directory, String address, int port, Path program, String... options)
      throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(Path.of("/run/sshd"));
    RealSshd sshd = new RealSshd(directory, address, port, program);
    sshd.newHostKey();
    Files.createFile(sshd.authorizedKeys());
    Files.write(sshd.configuration(), sshd.configurationLines(options));
    return ServerLogs.started(sshd, sshd::restart);
  }

  @Override
  public String name() {
    return "sshd";
  }

  @Override
  public int port() {
    return port;
  }

  /** The line that a known_hosts file needs to trust this server. */
  public String knownHostsLine() throws IOException {
    String[] words = Files.readString(Path.of(hostKey() + ".pub")).split(" ", 3);
    return "[" + address + "]:" + port + " " + words[0] + " " + words[1].strip();
  }

  /** Lets the test account log in with a key, given as a line of authorized_keys. */
  public void authorize(String publicKeyLine) throws IOException {
    Files.writeString(authorizedKeys(), publicKeyLine + "\n", StandardOpenOption.APPEND);
  }

  /** Lets the test account log in with this key and no other. */
  public void authorizeOnly(String publicKeyLine) throws IOException {
    Files.writeString(authorizedKeys(), publicKeyLine + "\n");
  }

  /** Replaces the host key; {@link #restart} to show it. */
  public void newHostKey() throws IOException {
    Files.deleteIfExists(hostKey());
    Files.deleteIfExists(Path.of(hostKey() + ".pub"));
    Run<String> run =
        Run.text(
            DEADLINE,
            List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", hostKey().toString()));
    if (run.exitCode() != 0) {
      throw new IOException("ssh-keygen: " + run.errors());
    }
  }

  /** Starts a listener on the same port, after {@link #stop} or over the old one. */
  public void restart() throws IOException {
    stop();
    int listening = count("Server listening on");
    process =
        Run.serve(
            List.of(
                program.toString(),
                "-D",
                "-f",
                configuration().toString(),
                "-E",
                logFile().toString()),
            directory.resolve("output"));
    await("sshd listens")
        .atMost(DEADLINE)
        .until(() -> !process.isAlive() || count("Server listening on") > listening);
    if (!process.isAlive()) {
      throw new IOException("sshd ended at once");
    }
  }

  /** Ends the listener and every session with SIGKILL. */
  public void stop() {
    if (process != null) {
      List<ProcessHandle> sessions = sessionProcesses();
      process.destroyForcibly();
      sessions.forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
      sessions.forEach(session -> session.onExit().join());
    }
  }

  /** Ends the processes of every session with SIGKILL; the listener stays. */
  public void killSessions() {
    sessionProcesses().forEach(ProcessHandle::destroyForcibly);
  }

  /** SIGSTOP: every session is there and says nothing any more. */
  public void freezeSessions() {
    Signals.send("STOP", sessionProcesses());
  }

  /** SIGCONT. */
  public void thawSessions() {
    Signals.send("CONT", sessionProcesses());
  }

  /** The processes of all sessions; each session has two, one of them with root's rights. */
  public List<ProcessHandle> sessionProcesses() {
    return process.descendants().toList();
  }

  /** How many sessions the listener has processes for. */
  public int sessions() {
    return sessionProcesses().size();
  }

  @Override
  public String log() throws IOException {
    return ServerLogs.read(logFile());
  }

  /** How many lines of the log contain the text. */
  public int count(String text) throws IOException {
    return (int) log().lines().filter(line -> line.contains(text)).count();
  }

  /** The targets of all direct-tcpip requests in the log, {@code host:port}, oldest first. */
  public List<String> directTcpipTargets() throws IOException {
    return DIRECT_TCPIP.matcher(log()).results().map(RealSshd::target).toList();
  }

  /** The target ports of all direct-tcpip requests in the log, oldest first. */
  public List<Integer> directTcpipPorts() throws IOException {
    return DIRECT_TCPIP
        .matcher(log())
        .results()
        .map(result -> Integer.valueOf(result.group(4)))
        .toList();
  }

  @Override
  public void close() throws IOException {
    stop();
    TestAccount.delete(directory);
  }

  private static String target(MatchResult result) {
    return result.group(3) + ":" + result.group(4);
  }

  private List<String> configurationLines(String... options) {
    List<String> lines = new ArrayList<>(List.of(options)); // the first value of a key counts
    lines.addAll(
        List.of(
            "Port " + port,
            "ListenAddress " + address,
            "HostKey " + hostKey(),
            "PidFile none",
            "UsePAM no",
            "PasswordAuthentication yes",
            "KbdInteractiveAuthentication no",
            "AuthorizedKeysFile " + authorizedKeys(),
            "StrictModes no",
            "AllowUsers " + TestAccount.USER,
            "MaxStartups 500",
            "UseDNS no",
            "LogLevel DEBUG"));
    if (punishes()) {
      lines.add(NO_PENALTIES);
    }
    return lines;
  }

  /** From OpenSSH 9.8 on, failed logins lock their source address out: here that is everybody. */
  static boolean punishes() {
    return Penalties.THERE;
  }

  /** Asks the program once, and only where there is one. */
  private static final class Penalties {
    static final boolean THERE =
        !Run.text(
                DEADLINE, List.of(PROGRAM.toString(), "-t", "-f", "/dev/null", "-o", NO_PENALTIES))
            .errors()
            .contains("Bad configuration option");
  }

  private Path configuration() {
    return directory.resolve("sshd_config");
  }

  private Path authorizedKeys() {
    return directory.resolve("authorized_keys");
  }

  private Path hostKey() {
    return directory.resolve("host_key");
  }

  private Path logFile() {
    return directory.resolve("log");
  }
}
