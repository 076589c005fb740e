package culvert.it.odd;

import static org.awaitility.Awaitility.await;

import culvert.it.Culvert;
import culvert.it.peers.FreePorts;
import culvert.it.peers.RealSshd;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * sshd and Culvert, for many servers that come and go. Each server behind SOCKS has an address that
 * nobody else had, so that no session sees what another one has left; all have the same control
 * port. Behind tunnels there are a few places that servers have in turn.
 */
final class Rig implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<Integer> PLACES = List.of(0, 1, 2, 3);
  private static final ProcessHandle SELF = ProcessHandle.current();

  private final Path directory;
  private final int controlPort = FreePorts.next();
  private final Map<Mode, AtomicInteger> taken = new ConcurrentHashMap<>();
  private final BlockingQueue<Integer> fixedPlaces = new LinkedBlockingQueue<>(PLACES);
  private final BlockingQueue<Integer> remotePlaces = new LinkedBlockingQueue<>(PLACES);
  private final List<Integer> remotePorts = PLACES.stream().map(place -> FreePorts.next()).toList();
  private final PlaintextLog plaintext = PlaintextLog.open();
  private final RealSshd sshd;
  private final Culvert culvert;

  private Rig(Path directory, String defaultAction) throws IOException {
    this.directory = directory;
    sshd = RealSshd.start();
    SshKey key = SshKey.create(directory.resolve("key"));
    sshd.authorize(key.publicLine());
    culvert = Culvert.start(configuration(defaultAction, key.path()));
  }

  /** Puts everything up. */
  static Rig start(Path directory, String defaultAction) throws IOException {
    Rig rig = new Rig(directory, defaultAction);
    rig.remotePorts.forEach(Rig::awaitListener);
    return rig;
  }

  /** A server, and the way to it. Behind tunnels it waits until a place is free. */
  Scene scene(Mode mode, Manner manner) throws Exception {
    int number =
        switch (mode) {
          case FIXED -> fixedPlaces.take();
          case REMOTE -> remotePlaces.take();
          default -> taken.computeIfAbsent(mode, any -> new AtomicInteger()).getAndIncrement();
        };
    String address = mode.address(number);
    OddFtpServer server = new OddFtpServer(address, controlPort, manner, welcome(mode));
    Path work = Files.createTempDirectory(directory, "work-");
    return new Scene(this, number, server, job(mode, number, address, work));
  }

  /** The place is free again. */
  void left(Mode mode, int number) {
    if (mode == Mode.FIXED) {
      fixedPlaces.add(number);
    } else if (mode == Mode.REMOTE) {
      remotePlaces.add(number);
    }
  }

  int socksPort() {
    return culvert.port();
  }

  /** What Culvert logged of connections to this address that are not in a tunnel. */
  List<String> plaintextTo(String address) {
    return plaintext.about(address);
  }

  /** How often sshd was asked for a connection to a port. */
  long channelsTo(int port) throws IOException {
    return sshd.directTcpipPorts().stream().filter(target -> target == port).count();
  }

  @Override
  public void close() throws IOException {
    culvert.close();
    sshd.close();
    plaintext.close();
  }

  private Job job(Mode mode, int number, String address, Path work) {
    return switch (mode) {
      case FIXED -> job(mode, "127.0.0.1", culvert.port(1 + number), work);
      case REMOTE -> job(mode, "127.0.0.1", remotePorts.get(number), work);
      default -> job(mode, address, controlPort, work);
    };
  }

  private Job job(Mode mode, String host, int port, Path work) {
    return new Job(
        mode,
        culvert.port(),
        host,
        port,
        TestAccount.USER,
        TestAccount.password(),
        false,
        false,
        PATIENCE,
        work);
  }

  /** Who may connect to a server: the SSH server, but where the FTP server is on Culvert's side. */
  private Supplier<List<ProcessHandle>> welcome(Mode mode) {
    return mode == Mode.REMOTE ? () -> List.of(SELF) : sshd::sessionProcesses;
  }

  private static void awaitListener(int port) {
    await("the SSH server listens")
        .atMost(PATIENCE)
        .until(
            () -> {
              try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
              } catch (IOException notYet) {
                return false;
              }
            });
  }

  private String configuration(String defaultAction, Path key) throws IOException {
    Path knownHosts = Files.writeString(directory.resolve("known_hosts"), sshd.knownHostsLine());
    StringBuilder listeners = new StringBuilder("  - { name: socks, socks: '127.0.0.1:0' }\n");
    for (int i : PLACES) {
      listeners.append(
          "  - { tunnel: '127.0.0.1:0', protocol: ftp, profile: own, target: '%s:%d' }\n"
              .formatted(Mode.FIXED.address(i), controlPort));
    }
    for (int i : PLACES) {
      listeners.append(
          "  - { remote-tunnel: %d, protocol: ftp, profile: own, target: '%s:%d' }\n"
              .formatted(remotePorts.get(i), Mode.REMOTE.address(i), controlPort));
    }
    return """
        listeners:
        %s
        profiles:
          defaults:
            strict-host-key-checking: yes
            known-hosts: %s
            connect-timeout: 20s
            login-timeout: 20s
          gate: { host: 127.0.0.1, port: %d }
          own: { host: 127.0.0.1, port: %d, user: %s, authentication: [publickey], identity-file: [%s] }
        rules:
        %s
        default-action: %s
        ftp: { ports: [%d] }
        pin-tunnelled: false
        state-directory: %s
        """
        .formatted(
            listeners,
            knownHosts,
            sshd.port(),
            sshd.port(),
            TestAccount.USER,
            key,
            rules(),
            defaultAction,
            controlPort,
            directory.resolve("state"));
  }

  private String rules() {
    String port = ", port: " + controlPort;
    return rule(Mode.SOCKS, port, "")
        + rule(Mode.EVERY_PORT, "", "")
        + rule(Mode.LISTENER, port, ", ftp: { data-connections: listener }")
        + rule(Mode.REMOTE_FORWARD, port, ", ftp: { active-mode: remote-forward }");
  }

  private static String rule(Mode mode, String match, String more) {
    return "  - { match: { network: %s%s }, action: ftp-tunnel, profile: gate%s }\n"
        .formatted(mode.network(), match, more);
  }
}
