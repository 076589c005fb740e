package culvert.it.capture;

import static org.awaitility.Awaitility.await;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.it.CulvertProcess;
import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import culvert.proxy.capture.CaptureHost;
import culvert.proxy.capture.CaptureTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two hosts and the wire between them. One has the clients and Culvert, which runs as root; the
 * other one an FTP server and an SSH server, and counts what comes to it past that.
 */
final class CaptureHosts implements AutoCloseable {
  static final String SERVER = "10.77.0.2";
  static final String SERVER_6 = "fd77::2";

  /** The clients' host, where it is another one than Culvert's. */
  static final String CLIENT = "10.78.0.2";

  static final String CLIENT_6 = "fd78::2";

  /** Culvert's redirect listeners. */
  static final int PORT = 2180;

  /** Those that are transparent. */
  static final int TRANSPARENT_PORT = 2181;

  static final int SSH_PORT = 2222;

  /** Whom nobody knows, and who is captured like the test account. */
  static final int NOBODY = 65_534;

  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String CLIENT_DEVICE = "a0";
  private static final String SERVER_DEVICE = "b0";

  private final Path directory;
  private final NetworkNamespace clients;
  private final NetworkNamespace gateway;
  private final NetworkNamespace servers;
  private final RealVsftpd vsftpd;
  private final RealSshd sshd;
  private final Path folder;
  private final InstalledJdkUrl jdkUrl;
  private CulvertProcess culvert;

  private CaptureHosts(
      Path directory,
      NetworkNamespace clients,
      NetworkNamespace gateway,
      NetworkNamespace servers,
      RealVsftpd vsftpd,
      RealSshd sshd,
      Path folder)
      throws IOException {
    this.directory = directory;
    this.clients = clients;
    this.gateway = gateway;
    this.servers = servers;
    this.vsftpd = vsftpd;
    this.sshd = sshd;
    this.folder = folder;
    this.jdkUrl = InstalledJdkUrl.in(directory);
  }

  /**
   * Builds and starts all that, with listeners of all kinds for both families.
   *
   * @param rules Culvert's, in YAML
   */
  static CaptureHosts start(Path directory, String rules) throws Exception {
    return start(
        directory,
        """
        listeners:
          - redirect: 127.0.0.1:%d
          - redirect: "[::1]:%d"
          - { redirect: 127.0.0.1:%d, transparent: true }
          - { redirect: "[::1]:%d", transparent: true }
          - socks: 127.0.0.1:0
        """
            .formatted(PORT, PORT, TRANSPARENT_PORT, TRANSPARENT_PORT),
        "rules:\n" + rules.indent(2));
  }

  /**
   * The same with listeners of the test's own, of which one is for SOCKS.
   *
   * @param rules and other sections, in YAML
   */
  static CaptureHosts start(Path directory, String listeners, String rules) throws Exception {
    NetworkNamespace clients = NetworkNamespace.create();
    keepMarked(clients);
    return start(directory, clients, clients, listeners, rules);
  }

  /**
   * The same with a third host: Culvert is on one between the others, which have no other way to
   * each other, and which forwards what they send.
   */
  static CaptureHosts startGateway(Path directory, String listeners, String rules)
      throws Exception {
    NetworkNamespace clients = NetworkNamespace.create();
    NetworkNamespace gateway = NetworkNamespace.create();
    clients.wire("c0", gateway, "d0");
    clients.address("c0", CLIENT + "/24");
    clients.address("c0", CLIENT_6 + "/64");
    gateway.address("d0", "10.78.0.1/24");
    gateway.address("d0", "fd78::1/64");
    clients.does("ip", "route", "add", "default", "via", "10.78.0.1");
    clients.does("ip", "route", "add", "default", "via", "fd78::1");
    gateway.does("sysctl", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
    // it would find open sessions' sockets for packets that go on, and hide it
    gateway.does("sysctl", "-w", "net.ipv4.ip_early_demux=0");
    CaptureHosts hosts = start(directory, clients, gateway, listeners, rules);
    hosts.servers.does("ip", "route", "add", "default", "via", "10.77.0.1");
    hosts.servers.does("ip", "route", "add", "default", "via", "fd77::1");
    return hosts;
  }

  private static CaptureHosts start(
      Path directory,
      NetworkNamespace clients,
      NetworkNamespace gateway,
      String listeners,
      String rules)
      throws Exception {
    NetworkNamespace servers = NetworkNamespace.create();
    gateway.wire(CLIENT_DEVICE, servers, SERVER_DEVICE);
    gateway.address(CLIENT_DEVICE, "10.77.0.1/24");
    gateway.address(CLIENT_DEVICE, "fd77::1/64");
    servers.address(SERVER_DEVICE, SERVER + "/24");
    servers.address(SERVER_DEVICE, SERVER_6 + "/64");
    RealVsftpd vsftpd =
        RealVsftpd.startIn(
            servers, SERVER, 21, "listen=NO", "listen_ipv6=YES", "listen_address6=::");
    RealSshd sshd = RealSshd.startIn(servers, SERVER, SSH_PORT, "ListenAddress " + SERVER_6);
    servers.nft(
        """
        table inet wire {
          counter besides { }
          chain arriving {
            type filter hook input priority 0
            iifname %1$s meta l4proto { tcp, udp } th dport != %2$d counter name besides
            iifname %1$s icmp type destination-unreachable counter name besides
          }
          chain leaving {
            type filter hook output priority 0
            oifname %1$s meta l4proto { tcp, udp } th sport != %2$d counter name besides
          }
        }
        """
            .formatted(SERVER_DEVICE, SSH_PORT));
    // others get into it to their own directories, as into /tmp
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    CaptureHosts hosts =
        new CaptureHosts(
            directory, clients, gateway, servers, vsftpd, sshd, TestAccount.newDirectory());
    hosts.configure(listeners, rules);
    hosts.startCulvert();
    return hosts;
  }

  /** Gives Culvert another configuration, which it takes when it is told to. */
  void configure(String listeners, String rules) throws IOException {
    String line = sshd.knownHostsLine();
    Path knownHosts =
        Files.write(
            directory.resolve("known_hosts"), List.of(line, line.replace(SERVER, SERVER_6)));
    Files.writeString(
        configuration(),
        listeners
            + """
            profiles:
              defaults:
                port: %d
                strict-host-key-checking: yes
                known-hosts: %s
                connect-timeout: 20s
                login-timeout: 20s
                idle-timeout: 2s
            %spin-tunnelled: false
            state-directory: %s
            """
                .formatted(SSH_PORT, knownHosts, rules, directory.resolve("state")));
  }

  /** Starts Culvert, in place of one that has ended. */
  void startCulvert() throws Exception {
    culvert = CulvertProcess.runIn(gateway, launcher(), configuration(), directory.resolve("log"));
  }

  /** The names that Culvert's host knows in place of this machine's, if it is there. */
  static Path names(Path directory) {
    return directory.resolve("hosts");
  }

  private List<String> launcher() throws IOException {
    Path runtime = Files.createDirectories(directory.resolve("run"));
    List<String> launcher = new ArrayList<>(List.of("env", "RUNTIME_DIRECTORY=" + runtime));
    if (Files.exists(names(directory))) {
      launcher.addAll(withNames(names(directory)));
    }
    return launcher;
  }

  /** In place of /etc/hosts, and of what the JVM remembers. */
  private static List<String> withNames(Path file) {
    return List.of(
        "unshare",
        "--mount",
        "sh",
        "-c",
        "mount --bind \"$0\" /etc/hosts && exec \"$@\"",
        file.toString(),
        "env",
        "JDK_JAVA_OPTIONS=-Dsun.net.inetaddr.ttl=0");
  }

  /** Has Culvert read its configuration anew, and waits until it has. */
  void reload() throws Exception {
    long before = reloads();
    culvert.signal("HUP");
    await("the reload").atMost(DEADLINE).until(() -> reloads() > before);
  }

  private long reloads() throws IOException {
    return culvert.log().lines().filter(l -> l.contains("configuration reloaded")).count();
  }

  /** How many of Culvert's own connections have come back to it, by its log. */
  long ownConnections() throws IOException {
    return culvert.log().lines().filter(line -> line.contains("own-connection")).count();
  }

  /** Waits until Culvert's log has that, which is written a moment after it happens. */
  void awaitLog(String words) {
    await("the log").atMost(DEADLINE).until(() -> culvert.log().contains(words));
  }

  /** Gives the clients' host these chains of nft(8) in place of those that it has. */
  void capture(String chains) throws IOException {
    gateway.nft(
        "table inet captured\ndelete table inet captured\ntable inet captured {\n"
            + chains
            + "}\n");
  }

  /** Captures everybody but Culvert itself. */
  void captureAllButCulvert() throws IOException {
    captureAllButCulvertAndForgetPorts();
    clients.nft(
        """
        table inet captured {
          chain ports {
            type filter hook output priority 0
            ct status dnat tcp dport %d tcp flags & (fin | syn | rst | ack) == syn tcp ackseq set @th,0,32
          }
        }
        """
            .formatted(PORT));
  }

  /** The same, but NAT may hide from which port a client has come. */
  void captureAllButCulvertAndForgetPorts() throws IOException {
    capture(
        """
        chain output {
          type nat hook output priority -100
          meta skuid 0 accept
          ip daddr %1$s tcp dport { 21, 1024-65535 } redirect to :%3$d
          ip6 daddr %2$s tcp dport { 21, 1024-65535 } redirect to :%3$d
        }
        """
            .formatted(SERVER, SERVER_6, PORT));
  }

  /** Marked packets stay on the host, whatever their destination. */
  private static void keepMarked(NetworkNamespace network) {
    for (String family : List.of("-4", "-6")) {
      network.does("ip", family, "rule", "add", "fwmark", "0xc2", "lookup", "100");
      network.does("ip", family, "route", "add", "local", "default", "dev", "lo", "table", "100");
    }
  }

  /** The same by TPROXY: marked packets arrive as they are. */
  void captureAllButCulvertTransparently() throws IOException {
    capture(
        """
        chain output {
          type route hook output priority mangle
          meta skuid 0 accept
          ip daddr %1$s tcp dport { 21, 1024-65535 } meta mark set 0xc2
          ip6 daddr %2$s tcp dport { 21, 1024-65535 } meta mark set 0xc2
        }
        chain arriving {
          type filter hook prerouting priority mangle
          iifname lo meta mark 0xc2 meta l4proto tcp tproxy ip to 127.0.0.1:%3$d accept
          iifname lo meta mark 0xc2 meta l4proto tcp tproxy ip6 to [::1]:%3$d accept
        }
        """
            .formatted(SERVER, SERVER_6, TRANSPARENT_PORT));
  }

  /** The directory on the FTP server in which clients work. */
  Path folder() {
    return folder;
  }

  /** The number of the account whose jobs these are. */
  int accountId() throws IOException {
    return (Integer) Files.getAttribute(folder, "unix:uid");
  }

  RealSshd sshd() {
    return sshd;
  }

  CulvertProcess culvert() {
    return culvert;
  }

  Path configuration() {
    return directory.resolve("culvert.yaml");
  }

  Path trail() {
    return directory.resolve("state/audit.jsonl");
  }

  /** What has passed the wire besides SSH, in packets. */
  int besidesSsh() {
    String counter = servers.does("nft", "list", "counter", "inet", "wire", "besides");
    return Integer.parseInt(counter.replaceAll("(?s).*packets (\\d+) .*", "$1"));
  }

  /** Runs a line of shell as the test account, on the clients' host. */
  Run<String> shell(String line, Map<String, String> variables, Path work) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + TestAccount.USER,
                "--regid=" + TestAccount.USER,
                "--clear-groups",
                "env",
                "--chdir=" + work,
                "HOME=" + work));
    variables.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(List.of("bash", "-c", line));
    return clients.run(command.toArray(String[]::new));
  }

  /** The command line of {@link JdkUrl}. */
  String java() {
    return jdkUrl.commandLine();
  }

  /** Where Culvert takes commands in. */
  Path execSocket() {
    return directory.resolve("run/exec.sock");
  }

  /** The host of the servers. */
  NetworkNamespace servers() {
    return servers;
  }

  /** The clients' host. */
  NetworkNamespace clients() {
    return clients;
  }

  /** Culvert's, the same if there is no gateway. */
  NetworkNamespace gateway() {
    return gateway;
  }

  /** Runs a command of Culvert's, on its host. */
  Run<String> command(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("-c", configuration().toString()));
    List<String> command = new ArrayList<>(launcher());
    command.addAll(CulvertProcess.builder(words).command());
    return gateway.run(command.toArray(String[]::new));
  }

  /** The rules on Culvert's host, as the command has them. */
  CaptureTable table() throws IOException {
    CaptureHost host = new HostInNamespace(gateway, directory);
    return new CaptureTable(host, host.ownUser());
  }

  /** Loads the rules, and waits until the running Culvert says that of them. */
  void applyTable(String seen) throws IOException {
    table().apply(config());
    await(seen).atMost(DEADLINE).until(() -> culvert.log().contains("capture: " + seen));
  }

  /** The configuration as it stands there. */
  CulvertConfig config() {
    return new ConfigLoader(Environment.ofProcess()).load(configuration()).orThrow();
  }

  /** A program of the tests' resources, where everybody can read it. */
  Path program(String name) throws IOException {
    Path script = directory.resolve(name);
    if (!Files.exists(script)) {
      try (InputStream in = CaptureHosts.class.getResourceAsStream(name)) {
        Files.copy(in, script);
      }
    }
    return script;
  }

  /** Runs {@code clients.py}, on the clients' host. */
  String python(Object... arguments) throws IOException {
    Path script = program("clients.py");
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", script.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return clients.does(command.toArray(String[]::new)).strip();
  }

  @Override
  public void close() throws IOException {
    culvert.close();
    sshd.close();
    vsftpd.close();
    servers.close();
    gateway.close();
    clients.close();
    TestAccount.delete(folder);
  }
}
