package culvert.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.ssh.NettyTransport;
import culvert.ssh.SshFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(90)
class ProxyDaemonTest {
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
    if (daemon != null) {
      daemon.close();
      assertThat(audit.count("job.ended")).isGreaterThanOrEqualTo(audit.count("started"));
    }
    echo.close();
    audit.close();
  }

  @Test
  void whatNoRuleMatchesIsConnectedDirectlyAndAudited() throws Exception {
    start("");
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isZero();
      client.send("hello");
      client.socket.shutdownOutput();
      assertThat(client.readAll()).isEqualTo("hello");
    }
    await().until(() -> audit.count("job.ended") == 1);
    assertThat(audit.line("started"))
        .contains("listener=socks", "client.address=127.0.0.1")
        .contains("destination.host=localhost", "destination.port=" + echo.port())
        .contains("rule=default-action", "action=direct");
    assertThat(audit.line("job.ended"))
        .contains("127.0.0.1:", " -> localhost:" + echo.port() + ": PLAINTEXT (rule); ")
        .contains("5 bytes up, 5 bytes down; ", " s; ok ", "reason=completed", "code=CV1001");
  }

  @Test
  void aRefusingServerIsReportedAsSuch() throws Exception {
    start("");
    int port = echo.port();
    echo.close();
    try (SocksSocket client = client()) {
      assertThat(client.connect("127.0.0.1", port)).isEqualTo(5);
    }
    assertThat(audit.line("job.ended")).contains("reason=upstream-failed", "connection refused");
  }

  @Test
  void anUnknownNameIsReportedAsSuch() throws Exception {
    start("");
    try (SocksSocket client = client()) {
      assertThat(client.connect("no-such-host.invalid", 21_000)).isEqualTo(4);
    }
  }

  @Test
  void aBlockedDestinationIsRefused() throws Exception {
    start("rules: [{ name: no, match: { host: localhost }, action: block }]");
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isEqualTo(2);
      assertThat(client.readAll()).isEmpty();
    }
    assertThat(echo.connections).hasValue(0);
    assertThat(audit.line("job.ended")).contains("rule=no", "action=block", "reason=refused");
  }

  @Test
  void aRuleForNetworksIsAskedWithTheResolvedAddress() throws Exception {
    start("rules: [{ name: loop, match: { network: [127.0.0.0/8, '::1'] }, action: block }]");
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isEqualTo(2);
    }
    try (SocksSocket client = client()) {
      assertThat(client.connect("127.0.0.1", echo.port())).isEqualTo(2);
    }
    try (SocksSocket client = client()) {
      assertThat(client.connect("::ffff:127.0.0.1", echo.port())).isEqualTo(2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"localhost", "127.0.0.1", "127.1.2.3", "::ffff:127.0.0.1"})
  void ownListenersAreNoDestination(String host) throws Exception {
    start("");
    int own = daemon.addresses().get(0).getPort();
    try (SocksSocket client = client()) {
      assertThat(client.connect(host, own)).isIn(2, 5);
    }
    try (SocksSocket client = client()) {
      assertThat(client.connect("127.0.0.1", own)).isEqualTo(2);
    }
  }

  @Test
  void aHeldPortIsRefusedByNameAndByAlias() throws Exception {
    start("");
    ftp.heldNames.add("ftp.example");
    ftp.heldPorts.add(echo.port());
    for (String host : List.of("ftp.example", "localhost", "127.0.0.1")) {
      try (SocksSocket client = client()) {
        assertThat(client.connect(host, echo.port())).as(host).isEqualTo(2);
      }
    }
    assertThat(echo.connections).hasValue(0);
  }

  @Test
  void anExpectedDataConnectionNeverReachesTheRules() throws Exception {
    start("default-action: block");
    ftp.expectedNames.add("ftp.example");
    try (SocksSocket client = client()) {
      assertThat(client.connect("ftp.example", 40_000)).isEqualTo(FakeFtp.TAKEN.socks5Code());
    }
  }

  @Test
  void ftpGoesToItsSessions() throws Exception {
    start(
        """
        rules:
          - { match: { host: tunnelled.example }, action: ftp-tunnel }
          - { match: { host: localhost }, action: direct }
        ftp: { ports: [%d] }
        """
            .formatted(echo.port()));
    try (SocksSocket client = client()) {
      assertThat(client.connect("tunnelled.example", 21)).isEqualTo(FakeFtp.TAKEN.socks5Code());
    }
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isEqualTo(FakeFtp.TAKEN.socks5Code());
    }
    assertThat(ftp.started).hasSize(2);
    assertThat(ftp.started.get(0)).isInstanceOf(Route.FtpTunnel.class);
    assertThat(ftp.profiles.get(0)).isPresent();
    assertThat(ftp.started.get(1)).isEqualTo(new Route.Direct(Optional.of(FtpHandling.STANDARD)));
    assertThat(ftp.profiles.get(1)).isEmpty();
  }

  @Test
  void aTunnelLeadsToTheRequestedTargetAsNamed() throws Exception {
    start(tunnel("fallback: none"));
    try (SocksSocket client = client()) {
      assertThat(client.connect("inner.example", echo.port())).isZero();
      client.send("through");
      client.socket.shutdownOutput();
      assertThat(client.readAll()).isEqualTo("through");
    }
    assertThat(ssh.sessions).hasSize(1);
    assertThat(ssh.sessions.get(0).server()).hasToString("ssh.example:22");
    assertThat(ssh.sessions.get(0).user()).isEqualTo("gate");
    assertThat(ssh.sessions.get(0).password()).isEmpty();
    assertThat(ssh.channels).hasToString("[inner.example:" + echo.port() + "]");
    assertThat(ssh.leases).hasValue(0);
    await().until(() -> audit.count("job.ended") == 1);
    assertThat(audit.line("job.ended"))
        .contains("action=tunnel", "route=ssh", "ssh.server=ssh.example:22");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "CONNECTION_REFUSED,5",
    "NO_ROUTE,3",
    "NAME_UNKNOWN,4",
    "TIMED_OUT,6",
    "HOST_KEY,2",
    "NO_IDENTITY,2",
    "AUTH_FAILED,2",
    "LOGIN_UNFINISHED,2"
  })
  void aTunnelThatFailsIsRefusedWithItsCode(SshFailure failure, int code) throws Exception {
    start(tunnel("fallback: none"));
    ssh.sessionFailure = failure;
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isEqualTo(code);
    }
    assertThat(echo.connections).hasValue(0);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({"FORWARDING_REFUSED,2", "TARGET_UNREACHABLE,5"})
  void aChannelThatFailsIsRefusedWithItsCode(SshFailure failure, int code) throws Exception {
    start(tunnel("fallback: none"));
    ssh.channelFailure = failure;
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isEqualTo(code);
    }
    assertThat(ssh.leases).hasValue(0);
  }

  @Test
  void aTunnelFallsBackWhereTheRuleAllowsIt() throws Exception {
    start(tunnel("fallback: plain, fallback-on: [unreachable]"));
    ssh.sessionFailure = SshFailure.TIMED_OUT;
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isZero();
    }
    await().until(() -> audit.count("job.ended") == 1);
    assertThat(audit.line("fallback")).contains("PLAINTEXT (unreachable)", "why=unreachable");
    assertThat(audit.line("job.ended")).contains("PLAINTEXT (unreachable)", "why=unreachable");

    ssh.sessionFailure = SshFailure.AUTH_FAILED;
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isEqualTo(2);
    }
  }

  @Test
  void hostKeyTroubleNeverFallsBack() throws Exception {
    start(tunnel("fallback: plain"));
    ssh.sessionFailure = SshFailure.HOST_KEY;
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isEqualTo(2);
    }
    assertThat(echo.connections).hasValue(0);
  }

  @Test
  void aClientThatLeavesWhileTheTunnelIsMadeLeavesNoLeaseBehind() throws Exception {
    start(tunnel("fallback: none"));
    ssh.held = true;
    try (SocksSocket client = client()) {
      client.send("\5\1\0\5\1\0\3\4host\7\7");
      await().until(() -> !ssh.waiting.isEmpty());
      client.socket.setSoLinger(true, 0);
    }
    ssh.waiting.remove().run();
    await().until(() -> ssh.leases.get() == 0 && audit.count("job.ended") == 1);
  }

  @Test
  void fiftyClientsAtOnceGetTheirOwnBytes() throws Exception {
    start("");
    List<CompletableFuture<Boolean>> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String text = ("client " + i + " ").repeat(20_000);
      clients.add(
          CompletableFuture.supplyAsync(
              () -> echoed(text), task -> new Thread(task, "client").start()));
    }
    for (CompletableFuture<Boolean> client : clients) {
      assertThat(client.get(30, TimeUnit.SECONDS)).isTrue();
    }
    await().until(() -> audit.count("job.ended") == 50);
    assertThat(audit.lines().stream().filter(line -> line.contains("reason=completed")))
        .hasSize(50);
  }

  private boolean echoed(String text) {
    try (SocksSocket client = client()) {
      if (client.connect("localhost", echo.port()) != 0) {
        return false;
      }
      Thread sender =
          new Thread(
              () -> {
                try {
                  client.send(text);
                  client.socket.shutdownOutput();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              "sender");
      sender.start();
      return client.readAll().equals(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "behind {0} bytes")
  @ValueSource(ints = {1, 3, 5})
  void aClientThatResetsDuringTheHandshakeHasHungUp(int bytes) throws Exception {
    start("admin: 127.0.0.1:0");
    SocksSocket client = client();
    client.send("\5\1\0\5\1".substring(0, bytes));
    if (bytes > 2) {
      assertThat(client.in.read()).isEqualTo(5);
    }
    client.socket.setSoLinger(true, 0);
    client.close();

    await().until(() -> get("/metrics").body().contains("failures_total{reason=\"hung-up\"} 1.0"));
    assertThat(get("/metrics").body()).contains("failures_total{reason=\"malformed\"} 0.0");
  }

  @Test
  void reloadedRulesHoldForNewConnectionsOnly() throws Exception {
    start("");
    try (SocksSocket before = client();
        SocksSocket after = client()) {
      assertThat(before.connect("localhost", echo.port())).isZero();
      assertThat(daemon.reload(config("default-action: block"))).isEmpty();
      assertThat(after.connect("localhost", echo.port())).isEqualTo(2);
      before.send("still here");
      before.socket.shutdownOutput();
      assertThat(before.readAll()).isEqualTo("still here");
    }
  }

  @Test
  void changesThatNeedARestartAreNamed() throws Exception {
    start("");
    assertThat(daemon.reload(config("limits: { connections: 5 }"))).containsExactly("limits");
  }

  @Test
  void healthAndMetricsSayHowTheLastReloadHasGone() throws Exception {
    start("admin: 127.0.0.1:0");
    assertThat(get("/metrics").body())
        .contains("culvert_config_last_reload_successful 1.0\n")
        .contains("culvert_config_restart_needed 0.0\n")
        .containsPattern("culvert_config_last_reload_success_timestamp_seconds 1\\.\\d+E9\n");

    daemon.reload(config("admin: 127.0.0.1:0\nlimits: { connections: 5 }"));
    daemon.reloadFailed();
    assertThat(get("/metrics").body())
        .contains("culvert_config_last_reload_successful 0.0\n")
        .contains("culvert_config_restart_needed 1.0\n");
    await()
        .until(
            () ->
                get("/health")
                    .body()
                    .equals(
                        "{\"status\":\"ok\",\"reload\":\"failed\",\"needs_restart\":[\"limits\"]}\n"));

    daemon.reload(config("admin: 127.0.0.1:0"));
    assertThat(get("/metrics").body())
        .contains("culvert_config_last_reload_successful 1.0\n")
        .contains("culvert_config_restart_needed 0.0\n");
  }

  @Test
  void metricsSayWhetherTheAuditTrailCanBeWritten(@TempDir Path directory) throws Exception {
    Path trail = directory.resolve("audit.jsonl");
    start("pin-tunnelled: false\nadmin: 127.0.0.1:0\naudit: { file: '%s' }\n".formatted(trail));
    assertThat(get("/metrics").body()).contains("culvert_audit_failing 0.0\n");
    Files.move(trail, directory.resolve("moved"));
    Files.createDirectory(trail);
    await().until(() -> get("/metrics").body().contains("culvert_audit_failing 1.0\n"));
    Files.delete(trail);
    await().until(() -> get("/metrics").body().contains("culvert_audit_failing 0.0\n"));
  }

  @Test
  void aDrainWaitsForConnectionsToEnd() throws Exception {
    start("");
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isZero();
      InetSocketAddress address = daemon.addresses().get(0);
      CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(30));
      await().until(() -> connectsTo("localhost", echo.port()) == 1);
      assertThat(drained).isNotDone();
      client.send("last");
      client.socket.shutdownOutput();
      assertThat(client.readAll()).isEqualTo("last");
      drained.get(60, TimeUnit.SECONDS);
      assertThat(refuses(address)).isTrue();
    }
    assertThat(echo.connections).hasValue(1);
    assertThat(audit.lines()).anyMatch(line -> line.contains("reason=completed"));
  }

  @Test
  void aDrainTakesTheDataConnectionsOfSessionsThatAreThere() throws Exception {
    start("admin: 127.0.0.1:0");
    try (SocksSocket session = client()) {
      assertThat(session.connect("localhost", echo.port())).isZero();
      CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(30));
      await().until(() -> connectsTo("localhost", echo.port()) == 1);
      assertThat(get("/health").statusCode()).isEqualTo(503);

      ftp.expectedNames.add("ftp.example");
      for (int i = 0; i < 3; i++) {
        assertThat(connectsTo("ftp.example", 40_000)).isEqualTo(FakeFtp.TAKEN.socks5Code());
      }
      assertThat(connectsTo("other.example", 40_000)).isEqualTo(1);
      assertThat(drained).isNotDone();
      session.socket.close();
      drained.get(60, TimeUnit.SECONDS);
    }
    assertThat(audit.lines().stream().filter(line -> line.contains("reason=shutdown")))
        .allMatch(line -> line.contains("Culvert is shutting down"))
        .isNotEmpty();
  }

  private int connectsTo(String host, int port) throws IOException {
    try (SocksSocket client = client()) {
      return client.connect(host, port);
    }
  }

  @Test
  void aDrainResetsWhatDoesNotEnd() throws Exception {
    start("");
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isZero();
      drain(0);
      assertThatThrownBy(() -> client.in.read()).isInstanceOf(SocketException.class);
    }
    assertThat(audit.line("job.ended")).contains("reason=shutdown");
  }

  @Test
  void aCutEndsADrain() throws Exception {
    start("");
    try (SocksSocket client = client();
        SocksSocket silent = client()) {
      assertThat(silent.socket.isConnected()).isTrue(); // and never asks for anything
      assertThat(client.connect("localhost", echo.port())).isZero();
      CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(300));
      await().until(() -> connectsTo("localhost", echo.port()) == 1);
      assertThat(drained).isNotDone();

      daemon.cut();

      drained.get(60, TimeUnit.SECONDS);
      assertThatThrownBy(() -> client.in.read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void afterACutADrainDoesNotWait() throws Exception {
    start("");
    daemon.cut();
    try (SocksSocket client = client()) {
      assertThat(client.connect("localhost", echo.port())).isZero();
      drain(300);
      assertThatThrownBy(() -> client.in.read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aPortThatIsTakenIsFatalAndLeavesNothingBehind() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int freePort = freePort();
      String yaml =
          "listeners: [{ name: a, socks: '127.0.0.1:%d' }, { name: b, socks: '127.0.0.1:%d' }]"
              .formatted(freePort, taken.getLocalPort());
      CulvertConfig config = load(yaml);
      assertThatThrownBy(() -> ProxyDaemon.start(config, parts()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("listener b")
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
      assertThat(refuses(new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort)))
          .isTrue();
    }
  }

  @Test
  void theAdminPortServesMetricsAndHealth() throws Exception {
    start("admin: 127.0.0.1:0");
    try (SocksSocket client = client()) {
      client.connect("localhost", echo.port());
      client.send("12345");
      client.socket.shutdownOutput();
      client.readAll();
    }
    await().until(() -> get("/metrics").body().contains("culvert_jobs_total{"));
    await().until(() -> audit.count("job.ended") == 1);
    assertThat(get("/metrics").body())
        .contains("culvert_connections_started_total 1.0")
        .contains("culvert_connections_active 0.0")
        .contains("culvert_connections_ended_total{reason=\"completed\"} 1.0")
        .contains(
            "culvert_jobs_total{route=\"plaintext\",rule=\"default-action\",why=\"rule\"} 1.0")
        .contains(
            "culvert_bytes_total{direction=\"up\",route=\"plaintext\",rule=\"default-action\"} 5.0")
        .contains("culvert_job_duration_seconds_count{route=\"plaintext\"} 1\n")
        .contains("culvert_handshake_failures_total{reason=\"malformed\"} 0.0")
        .contains("jvm_memory_used_bytes");
    // A busy machine's loops may be late.
    await().until(() -> get("/health").statusCode() == 200);
    await().until(() -> get("/health").body().equals("{\"status\":\"ok\"}\n"));
    assertThat(get("/other").statusCode()).isEqualTo(404);

    drain(0);
    assertThat(get("/health").statusCode()).isEqualTo(503);
  }

  private void drain(int seconds) {
    try {
      daemon.drain(Duration.ofSeconds(seconds));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    int port = daemon.adminAddress().orElseThrow().getPort();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static boolean refuses(InetSocketAddress address) {
    try (java.net.Socket socket = new java.net.Socket()) {
      socket.connect(address, 1000);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static String tunnel(String fallback) {
    return """
    profiles: { gate: { host: ssh.example, user: gate, authentication: publickey } }
    rules: [{ name: all, match: {}, action: tunnel, profile: gate, %s }]
    """
        .formatted(fallback);
  }

  private void start(String yaml) throws IOException {
    daemon = ProxyDaemon.start(config(yaml), parts());
  }

  private DaemonParts parts() {
    return new DaemonParts(
        (transport, resolver, blocking, limits, hostKeys, outgoing) -> ssh,
        (upstreams, relay, listeners, active, captured, controlPorts) ->
            new DaemonParts.Ftp(ftp, ftp),
        InetAddress::getAllByName);
  }

  private static CulvertConfig config(String yaml) {
    return load("listeners: [{ name: socks, socks: '127.0.0.1:0' }]\n" + yaml);
  }

  private static CulvertConfig load(String yaml) {
    String rules = yaml.contains("rules:") ? "" : "rules: []\n";
    String action = yaml.contains("default-action:") ? "" : "default-action: direct\n";
    String pins = yaml.contains("pin-tunnelled:") ? "" : "pin-tunnelled: false\naudit: off\n";
    return new ConfigLoader(Environment.ofProcess())
        .loadString(rules + action + pins + yaml, "test.yaml")
        .orThrow();
  }

  private SocksSocket client() throws IOException {
    return new SocksSocket(daemon.addresses().get(0));
  }
}
