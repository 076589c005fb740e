package culvert.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.proxy.upstream.BlockingResolver;
import culvert.ssh.NettyTransport;
import culvert.ssh.SshFailure;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A name server that does not answer, or not the same twice. */
@Timeout(120)
class HangingNamesTest {
  private static final String GATE =
      """
      profiles: { gate: { host: ssh.example, user: gate, authentication: publickey } }
      """;

  private final FakeSsh ssh = new FakeSsh(NettyTransport.preferred());
  private final FakeFtp ftp = new FakeFtp();
  private final AuditLog audit = new AuditLog();
  private final List<String> lookedUp = new CopyOnWriteArrayList<>();
  private final CountDownLatch answers = new CountDownLatch(1);
  private final AtomicBoolean known = new AtomicBoolean(true);
  private final List<SocksSocket> clients = new ArrayList<>();
  private EchoServer echo;
  private ProxyDaemon daemon;

  @BeforeEach
  void startEcho() throws IOException {
    echo = new EchoServer();
  }

  @AfterEach
  void stop() throws IOException {
    answers.countDown();
    for (SocksSocket client : clients) {
      client.close();
    }
    daemon.close();
    echo.close();
    audit.close();
  }

  private static void await(CountDownLatch latch) throws UnknownHostException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new UnknownHostException("interrupted");
    }
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    lookedUp.add(host);
    if (host.endsWith("hang.example")) {
      await(answers);
    }
    if (!known.getAndSet(true)) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private void start(String yaml) throws IOException {
    String all =
        "listeners: [{ name: socks, socks: '127.0.0.1:0' }]\npin-tunnelled: false\n" + yaml;
    daemon =
        ProxyDaemon.start(
            new ConfigLoader(Environment.ofProcess())
                .loadString(all + "\naudit: off\n", "test.yaml")
                .orThrow(),
            new DaemonParts(
                (transport, resolver, blocking, limits, hostKeys, outgoing) -> ssh,
                (upstreams, relay, listeners, active, captured, controlPorts) ->
                    new DaemonParts.Ftp(ftp, ftp),
                this::lookUp,
                threads -> new UsersByAddress()));
  }

  private SocksSocket client(String from) throws IOException {
    SocksSocket client =
        new SocksSocket(
            daemon.addresses().get(0),
            new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(from), 0));
    clients.add(client);
    return client;
  }

  private List<SocksSocket> hang(String from, int count) throws IOException {
    List<SocksSocket> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SocksSocket client = client(from);
      client.ask(from + "-" + i + ".hang.example", 80);
      all.add(client);
    }
    return all;
  }

  @Test
  void namesThatOthersLeaveHangingHoldNobodyUp() throws Exception {
    start(
        GATE
            + "rules: [{ name: n, match: { network: 127.0.0.0/8 }, action: tunnel, profile: gate,"
            + " fallback: plain }]\ndefault-action: block");
    hang("127.2.0.1", 60);
    hang("127.3.0.1", 60);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> lookedUp.size() >= 32);

    assertThat(client("127.0.0.1").connect("ftp.example", echo.port())).isZero();
    assertThat(ssh.channels).hasSize(1);
  }

  @Test
  void namesThatOneUserLeavesHangingFromManyAddressesHoldNobodyUp() throws Exception {
    start("rules: []\ndefault-action: direct");
    for (int i = 1; i <= 8; i++) {
      hang("127.2.0." + i, 30);
    }
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> lookedUp.size() >= 32);

    assertThat(client("127.0.0.1").connect("ftp.example", echo.port())).isZero();
    assertThat(lookedUp).as("a share").hasSizeLessThan(BlockingResolver.THREADS);
  }

  @Test
  void oneUserIsOneForNewHostKeysFromManyAddresses() throws Exception {
    start(GATE + "rules: [{ name: t, match: {}, action: tunnel, profile: gate }]");
    for (String from : List.of("127.2.0.1", "127.2.0.2", "127.2.255.254", "127.3.0.1")) {
      assertThat(client(from).connect("ftp.example", echo.port())).isZero();
    }

    List<Object> identities = new CopyOnWriteArrayList<>();
    ssh.askers.forEach(asker -> asker.identify(identities::add));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> identities.size() == 4);
    assertThat(Set.copyOf(identities)).as("two users").hasSize(2);
  }

  @Test
  void theirClientsMayHangUpAtOnce() throws Exception {
    start("rules: [{ name: n, match: { network: 10.0.0.0/8 }, action: block }]");
    for (SocksSocket client : hang("127.0.0.2", 100)) {
      client.close();
    }
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> audit.count("job.ended") == 100);
    answers.countDown();

    assertThat(client("127.0.0.2").connect("ftp.example", echo.port())).isZero();
    assertThat(lookedUp).as("nobody waits for the rest").hasSizeLessThan(64);
  }

  @Test
  void aNameThatGotNoTurnIsRefusedAndNotTakenForUnknown() throws Exception {
    start(
        "rules: [{ name: n, match: { network: 10.0.0.0/8 }, action: direct }]\n"
            + "default-action: direct");
    List<Integer> codes = new ArrayList<>();
    for (SocksSocket client : hang("127.0.0.2", 100)) {
      codes.add(client.answer());
    }

    // Those that got a turn are unknown by the end of it, as nobody gives theirs back.
    int turns = lookedUp.size();
    assertThat(turns).isBetween(1, 99);
    assertThat(codes).containsOnly(1, 4);
    assertThat(codes.stream().filter(code -> code == 1)).hasSize(100 - turns);
    assertThat(audit.lines())
        .anyMatch(
            line -> line.contains("not looked up") && line.contains("reason=upstream-failed"));
  }

  @Test
  void theNameOfADirectConnectionIsLookedUpOnce() throws Exception {
    start("rules: []\ndefault-action: direct");

    assertThat(client("127.0.0.1").connect("ftp.example", echo.port())).isZero();
    assertThat(lookedUp).containsExactly("ftp.example");
  }

  @Test
  void aNameServerThatDoesNotAnswerHasTheNameUnknown() throws Exception {
    start("rules: []\ndefault-action: direct");

    assertThat(client("127.0.0.1").connect("a.hang.example", echo.port())).isEqualTo(4);
  }

  @Test
  void whatWasDecidedWithoutAnAddressIsNotConnectedWithOne() throws Exception {
    known.set(false); // once
    start(
        "rules: [{ name: n, match: { network: 10.0.0.0/8 }, action: direct }]\n"
            + "default-action: direct");

    assertThat(client("127.0.0.1").connect("ftp.example", echo.port())).isEqualTo(4);
    assertThat(lookedUp).containsExactly("ftp.example");
    assertThat(echo.connections).hasValue(0);
  }

  @Test
  void aBlockedNetworkIsNotEnteredByANameThatDoesNotResolveYet() throws Exception {
    known.set(false); // once
    start(
        "rules: [{ name: n, match: { network: 127.0.0.0/8 }, action: block }]\n"
            + "default-action: direct");

    assertThat(client("127.0.0.1").connect("ftp.example", echo.port())).isEqualTo(2);
    assertThat(echo.connections).hasValue(0);
  }

  @Test
  void aTunnelThatWasDecidedWithoutAnAddressFallsBackToNone() throws Exception {
    known.set(false); // once
    ssh.sessionFailure = SshFailure.CONNECTION_REFUSED;
    start(
        GATE
            + "rules: [{ name: n, match: { network: 10.0.0.0/8 }, action: direct },"
            + " { name: t, match: {}, action: tunnel, profile: gate, fallback: plain }]");

    assertThat(client("127.0.0.1").connect("ftp.example", echo.port())).isEqualTo(4);
    assertThat(echo.connections).hasValue(0);
  }

  @Test
  void aTunnelThatWasHeldUpHereDoesNotFallBack() throws Exception {
    ssh.sessionFailure = SshFailure.HELD_UP;
    start(GATE + "rules: [{ name: t, match: {}, action: tunnel, profile: gate, fallback: plain }]");

    assertThat(client("127.0.0.1").connect("ftp.example", echo.port())).isEqualTo(1);
    assertThat(echo.connections).hasValue(0);
  }
}
