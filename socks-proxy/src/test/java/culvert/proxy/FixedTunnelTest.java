package culvert.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.FtpSettings.DataConnections;
import culvert.config.ListenerConfig;
import culvert.config.TunnelProtocol;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.ssh.NettyTransport;
import culvert.ssh.SshFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners of the kind {@code tunnel}. */
@Timeout(60)
class FixedTunnelTest {
  private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"));

  private final FakeSsh ssh = new FakeSsh(NettyTransport.preferred());
  private final FakeFtp ftp = new FakeFtp();
  private final AuditLog audit = new AuditLog();
  private EchoServer echo;
  private ProxyDaemon daemon;

  @BeforeEach
  void startEcho() throws IOException {
    echo = new EchoServer();
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
    echo.close();
    audit.close();
  }

  @Test
  void aClientReachesTheTargetWithTheProfilesUserAndIsAudited() throws Exception {
    start(tunnel(TunnelProtocol.TCP, LOOPBACK));

    try (Socket client = client()) {
      assertThat(echo(client, "hello")).isEqualTo("hello");
    }

    assertThat(ssh.sessions).hasSize(1);
    assertThat(ssh.sessions.get(0).server()).hasToString("ssh.example:22");
    assertThat(ssh.sessions.get(0).user()).isEqualTo("gate");
    assertThat(ssh.channels).hasToString("[inner.example:" + echo.port() + "]");
    await().until(() -> audit.count("job.ended") == 1);
    assertThat(ssh.leases).hasValue(0);
    assertThat(audit.line("started"))
        .contains("listener=db", "client.address=127.0.0.1")
        .contains("destination.host=inner.example", "destination.port=" + echo.port())
        .contains("rule=fixed-tunnel", "action=tunnel");
    assertThat(audit.line("job.ended"))
        .contains("SSH gate@ssh.example:22; 5 bytes up, 5 bytes down", "reason=completed");
  }

  @Test
  void neitherTheRulesNorTheExpectedDataConnectionsAreAsked() throws Exception {
    ftp.heldNames.add("inner.example");
    start(tunnel(TunnelProtocol.TCP, LOOPBACK)); // the rules block everything

    try (Socket client = client()) {
      assertThat(echo(client, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void whatTheClientSentBeforeTheTunnelStoodArrives() throws Exception {
    ssh.held = true;
    start(tunnel(TunnelProtocol.TCP, LOOPBACK));

    try (Socket client = client()) {
      client.getOutputStream().write("early".getBytes(US_ASCII));
      client.shutdownOutput();
      await().until(() -> !ssh.waiting.isEmpty());
      ssh.waiting.remove().run();

      assertThat(client.getInputStream().readAllBytes()).isEqualTo("early".getBytes(US_ASCII));
    }
  }

  @Test
  void aTunnelThatCannotBeMadeIsAResetAndNeverPlaintext() throws Exception {
    ssh.sessionFailure = SshFailure.TIMED_OUT;
    start(tunnel(TunnelProtocol.TCP, LOOPBACK));

    assertThatThrownBy(this::readOnce) // may come before connect() returns
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");

    assertThat(echo.connections).hasValue(0);
    assertThat(audit.line("job.ended"))
        .contains("reason=upstream-failed", "ssh server ssh.example:22");
  }

  @Test
  void itsListenerClosesAsSoonAsADrainBegins() throws Exception {
    start(tunnel(TunnelProtocol.TCP, LOOPBACK));

    try (Socket client = client()) {
      assertThat(echo(client, "hello")).isEqualTo("hello");
      Socket open = client(); // and stays
      await().until(() -> echo.connections.get() == 2);
      CompletableFuture<Void> drained = CompletableFuture.runAsync(this::drain);

      await().until(this::refuses);
      assertThat(drained).isNotDone();
      open.close();
      drained.get(60, TimeUnit.SECONDS);
    }
  }

  private boolean refuses() {
    try {
      client().close();
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  @Test
  void aClientOutsideOfAllowFromIsTurnedAway() throws Exception {
    start(tunnel(TunnelProtocol.TCP, List.of(Cidr.parse("192.0.2.0/24"))));

    try (Socket client = client()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    assertThat(ssh.sessions).isEmpty();
    assertThat(audit.lines()).isEmpty();
  }

  @Test
  void theLimitsCountItsClients() throws Exception {
    start(tunnel(TunnelProtocol.TCP, LOOPBACK), "limits: { connections: 1 }");

    try (Socket first = client()) {
      await().until(() -> echo.connections.get() == 1);
      try (Socket second = client()) {
        assertThat(second.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(echo(first, "still here")).isEqualTo("still here");
    }
  }

  @Test
  void aDrainLetsItsClientsEnd() throws Exception {
    start(tunnel(TunnelProtocol.TCP, LOOPBACK));

    try (Socket client = client()) {
      await().until(() -> echo.connections.get() == 1);
      CompletableFuture<Void> drained = CompletableFuture.runAsync(this::drain);
      assertThat(echo(client, "last")).isEqualTo("last");
      drained.get(20, TimeUnit.SECONDS);
    }

    assertThat(audit.line("job.ended")).contains("reason=completed");
  }

  @Test
  void anFtpTunnelIsAnFtpSessionWithDataByListener() throws Exception {
    start(tunnel(TunnelProtocol.FTP, LOOPBACK));

    assertThatThrownBy(this::readOnce) // the fake refuses; it may come before connect() returns
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
    await().until(() -> ftp.profiles.size() == 1);

    FtpSettings standard = FtpSettings.STANDARD;
    assertThat(ftp.started)
        .containsExactly(
            new Route.FtpTunnel(
                "gate",
                Optional.of(new Endpoint("inner.example", echo.port())),
                Fallback.NONE,
                new FtpHandling(
                    new FtpSettings(
                        standard.activeMode(),
                        DataConnections.LISTENER,
                        standard.passiveAddress(),
                        standard.authTls()),
                    false)));
    assertThat(ftp.profiles.get(0).orElseThrow().name()).isEqualTo("gate");
  }

  @Test
  void aReloadChangesTheProfileForNewClients() throws Exception {
    ListenerConfig tunnel = tunnel(TunnelProtocol.TCP, LOOPBACK);
    start(tunnel);

    daemon.reload(
        config("profiles: { gate: { host: other.example, user: new } }", List.of(tunnel)));

    try (Socket client = client()) {
      assertThat(echo(client, "hello")).isEqualTo("hello");
    }
    assertThat(ssh.sessions.get(0).server()).hasToString("other.example:22");
    assertThat(ssh.sessions.get(0).user()).isEqualTo("new");
  }

  @Test
  void aReloadThatDropsTheProfileLeavesTheTunnelWithItsOwn() throws Exception {
    ListenerConfig tunnel = tunnel(TunnelProtocol.TCP, LOOPBACK);
    start(tunnel);

    assertThat(daemon.reload(config("", List.of()))).containsExactly("listeners");

    try (Socket client = client()) {
      assertThat(echo(client, "hello")).isEqualTo("hello");
    }
    assertThat(ssh.sessions.get(0).server()).hasToString("ssh.example:22");
  }

  @Test
  void theListenerIsNamedByItsKind() throws Exception {
    start(tunnel(TunnelProtocol.TCP, LOOPBACK));

    assertThat(daemon.listeners())
        .hasToString("[tunnel 127.0.0.1:" + daemon.addresses().get(0).getPort() + "]");
  }

  private ListenerConfig tunnel(TunnelProtocol protocol, List<Cidr> allowFrom) {
    return new ListenerConfig.Tunnel(
        "db",
        new Endpoint("127.0.0.1", 0),
        allowFrom,
        protocol,
        "gate",
        new Endpoint("inner.example", echo.port()));
  }

  private void start(ListenerConfig listener, String... more) throws IOException {
    String gate = "profiles: { gate: { host: ssh.example, user: gate } }\n";
    DaemonParts parts =
        new DaemonParts(
            (transport, resolver, blocking, limits, hostKeys, outgoing) -> ssh,
            (upstreams, relay, listeners, active, captured, controlPorts) ->
                new DaemonParts.Ftp(ftp, ftp),
            InetAddress::getAllByName);
    daemon = ProxyDaemon.start(config(gate + String.join("\n", more), List.of(listener)), parts);
  }

  private static CulvertConfig config(String yaml, List<ListenerConfig> listeners) {
    CulvertConfig base =
        new ConfigLoader(Environment.ofProcess())
            .loadString(
                "rules: []\ndefault-action: block\npin-tunnelled: false\naudit: off\n" + yaml,
                "test.yaml")
            .orThrow();
    return new CulvertConfig(
        listeners,
        base.profiles(),
        base.rules(),
        base.defaultAction(),
        base.ftp(),
        base.pinTunnelled(),
        base.limits(),
        base.admin(),
        base.stateDirectory(),
        base.audit(),
        base.capture(),
        base.pseudoAddresses(),
        base.hash(),
        base.file());
  }

  private Socket client() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(60_000);
    InetSocketAddress address = daemon.addresses().get(0);
    socket.connect(address, 5_000);
    return socket;
  }

  private int readOnce() throws IOException {
    try (Socket client = client()) {
      return client.getInputStream().read();
    }
  }

  private static String echo(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
    client.shutdownOutput();
    return new String(client.getInputStream().readAllBytes(), US_ASCII);
  }

  private void drain() {
    try {
      daemon.drain(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
