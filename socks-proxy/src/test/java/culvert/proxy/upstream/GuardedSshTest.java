package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.owner.ClientOwners;
import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mockito.InOrder;

class GuardedSshTest {
  private static final int OWN = 9090;
  private static final Originator ORIGINATOR = new Originator("127.0.0.1", 40_000);
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "localhost", List.of("127.0.0.1"),
          "here.example", List.of("127.0.0.2"),
          "far.example", List.of("192.0.2.7"),
          "two.example", List.of("192.0.2.7", "192.0.2.8"),
          "mixed.example", List.of("192.0.2.7", "127.0.0.1"));

  private final EventLoop loop = new DefaultEventLoop();
  private final SshTransport transport = mock(SshTransport.class);
  private final SshSession session = mock(SshSession.class);
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final SshSessionSpec spec = mock(SshSessionSpec.class);
  private final OwnListeners listeners = new OwnListeners();
  private final AddressResolver resolver =
      (host, executor) -> {
        if (host.equals("busy.example")) {
          return executor.newFailedFuture(new NotLookedUpException(host));
        }
        return host.equals("unknown.example")
            ? executor.newFailedFuture(new UnknownHostException(host))
            : executor.newSucceededFuture(
                NAMES.getOrDefault(host, List.of(host)).stream()
                    .map(NetUtil::createInetAddressFromIpAddressString)
                    .toList());
      };
  private final GuardedSsh guarded = new GuardedSsh(transport, listeners, resolver);

  @BeforeEach
  void start() {
    listeners.add(new InetSocketAddress(NetUtil.LOCALHOST4, OWN));
    when(transport.connect(any(), any())).thenReturn(loop.newSucceededFuture(session));
    when(session.openDirectTcpip(any(), any(), any(), any()))
        .thenReturn(loop.newSucceededFuture(channel));
  }

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void serverAt(String address) {
    when(session.serverAddress())
        .thenReturn(Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(address)));
  }

  private Future<DuplexChannel> open(String host, int port) throws Exception {
    return open(guarded, host, port);
  }

  private Future<DuplexChannel> open(SshTransport through, String host, int port) throws Exception {
    return open(through.connect(spec, loop).get(60, TimeUnit.SECONDS), host, port);
  }

  private Future<DuplexChannel> open(SshSession connected, String host, int port) {
    return connected
        .openDirectTcpip(
            new TunnelTarget(host, port), ORIGINATOR, loop, new ChannelInboundHandlerAdapter())
        .awaitUninterruptibly();
  }

  @ParameterizedTest(name = "ssh server at {0}: {1}")
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "127.0.0.1, localhost",
    "127.0.0.1, 0.0.0.0",
    "127.0.0.1, ::",
    "127.0.0.1, unknown.example", // here; the server may know it
    "127.0.0.1, mixed.example", // also where the other one would do
    "127.0.0.3, 127.0.0.1",
    "::1, 127.0.0.1",
  })
  void noTunnelOfThisHostLeadsToAnOwnListener(String server, String host) throws Exception {
    serverAt(server);
    Future<DuplexChannel> opened = open(host, OWN);

    assertThat(opened.cause())
        .isInstanceOf(SshException.class)
        .hasMessageContaining("own listener");
    assertThat(((SshException) opened.cause()).failure()).isEqualTo(SshFailure.NOT_ALLOWED);
    assertThat(SshFailure.NOT_ALLOWED.fallbackReason()).as("a reason for plaintext").isEmpty();
    verify(session, never()).openDirectTcpip(any(), any(), any(), any());
  }

  @ParameterizedTest(name = "ssh server at {0}: {1}:{2}")
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 21", // another port
    "127.0.0.1, unknown.example, 21",
    "127.0.0.1, here.example, 9090", // another address of this host
    "127.0.0.1, far.example, 9090",
    "192.0.2.1, 127.0.0.1, 9090", // that server's own
    "192.0.2.1, localhost, 9090",
    ", 127.0.0.1, 9090", // a hop has reached it
  })
  void everythingElseIsReached(String server, String host, int port) throws Exception {
    serverAt(server == null ? "none" : server);

    assertThat(open(host, port).getNow()).isSameAs(channel);
  }

  /**
   * Where the first connection takes no channel, the server has other addresses, and one is ours.
   */
  @Test
  void noSessionLeadsToAnOwnListenerThatHasMovedToThisHost() throws Exception {
    serverAt("192.0.2.1");
    when(session.openDirectTcpip(any(), any(), any(), any()))
        .thenAnswer(
            moves -> {
              serverAt("127.0.0.1");
              return loop.newSucceededFuture(channel);
            });
    SshSession connected = guarded.connect(spec, loop).get(60, TimeUnit.SECONDS);

    Future<DuplexChannel> opened = open(connected, "localhost", OWN);
    assertThat(((SshException) opened.cause()).failure()).isEqualTo(SshFailure.NOT_ALLOWED);
    verify(channel).close();

    assertThat(open(connected, "localhost", 21).getNow()).isSameAs(channel);
    assertThat(open(connected, "far.example", OWN).getNow()).isSameAs(channel);
  }

  @Test
  void aNameThatGotNoTurnHereSaysNothingOfItsServer() throws Exception {
    serverAt("127.0.0.1");
    Future<DuplexChannel> opened = open("busy.example", OWN);

    assertThat(((SshException) opened.cause()).failure()).isEqualTo(SshFailure.HELD_UP);
  }

  @Test
  void theAddressThatWasJudgedIsTheOneThatIsReached() throws Exception {
    serverAt("127.0.0.1");
    open("far.example", OWN);

    verify(session).openDirectTcpip(eq(new TunnelTarget("192.0.2.7", OWN)), any(), any(), any());
  }

  private void answers(String address, Future<DuplexChannel> answer) {
    when(session.openDirectTcpip(eq(new TunnelTarget(address, OWN)), any(), any(), any()))
        .thenReturn(answer);
  }

  private Future<DuplexChannel> fails(SshFailure failure) {
    return loop.newFailedFuture(new SshException(failure, "no"));
  }

  @Test
  void anAddressThatIsNotReachedIsFollowedByTheNextOne() throws Exception {
    serverAt("127.0.0.1");
    answers("192.0.2.7", fails(SshFailure.TARGET_UNREACHABLE));

    assertThat(open("two.example", OWN).getNow()).isSameAs(channel);
    InOrder order = inOrder(session);
    for (String address : NAMES.get("two.example")) {
      order
          .verify(session)
          .openDirectTcpip(eq(new TunnelTarget(address, OWN)), any(), any(), any());
    }
  }

  @Test
  void whereNoneIsReachedTheLastOneSaysWhy() throws Exception {
    serverAt("127.0.0.1");
    Future<DuplexChannel> last = fails(SshFailure.TARGET_UNREACHABLE);
    answers("192.0.2.7", fails(SshFailure.TARGET_UNREACHABLE));
    answers("192.0.2.8", last);

    assertThat(open("two.example", OWN).cause()).isSameAs(last.cause());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SshFailure.class,
      names = {"SESSION_FULL", "SESSION_ENDED", "FORWARDING_REFUSED"})
  void whatIsNoWordOnAnAddressIsFollowedByNone(SshFailure failure) throws Exception {
    serverAt("127.0.0.1");
    answers("192.0.2.7", fails(failure));

    assertThat(open("two.example", OWN).isSuccess()).isFalse();
    verify(session, never())
        .openDirectTcpip(eq(new TunnelTarget("192.0.2.8", OWN)), any(), any(), any());
  }

  /** As with PermitOpen, which may allow the name. */
  @Test
  void anAddressThatIsForbiddenInPlaceOfTheNameIsNoReasonForPlaintext() throws Exception {
    serverAt("127.0.0.1");
    answers("192.0.2.7", fails(SshFailure.FORWARDING_REFUSED));
    SshException failure = (SshException) open("far.example", OWN).cause();
    assertThat(failure.failure()).isEqualTo(SshFailure.NOT_ALLOWED);
    assertThat(failure).hasMessageContaining("192.0.2.7").hasMessageContaining("no");

    failure = (SshException) open("192.0.2.7", OWN).cause();
    assertThat(failure.failure()).isEqualTo(SshFailure.FORWARDING_REFUSED);
  }

  @Test
  void whoNoLongerWaitsIsConnectedToNoFurtherAddress() throws Exception {
    serverAt("127.0.0.1");
    Promise<DuplexChannel> slow = loop.newPromise();
    answers("192.0.2.7", slow);
    SshSession connected = guarded.connect(spec, loop).get(60, TimeUnit.SECONDS);
    Future<DuplexChannel> opened =
        connected.openDirectTcpip(
            new TunnelTarget("two.example", OWN),
            ORIGINATOR,
            loop,
            new ChannelInboundHandlerAdapter());
    loop.submit(() -> {}).get(60, TimeUnit.SECONDS);
    assertThat(opened.cancel(false)).isTrue();
    slow.setFailure(new SshException(SshFailure.TARGET_UNREACHABLE, "no"));
    loop.submit(() -> {}).get(60, TimeUnit.SECONDS);

    verify(session, never())
        .openDirectTcpip(eq(new TunnelTarget("192.0.2.8", OWN)), any(), any(), any());
  }

  @Test
  void theTimeOfALookUpIsOurs() throws Exception {
    serverAt("127.0.0.1");
    Promise<List<InetAddress>> slow = loop.newPromise();
    SshSession connected =
        guarded.asking((host, executor) -> slow).connect(spec, loop).get(60, TimeUnit.SECONDS);
    assertThat(connected.heldUp()).isZero();
    connected.openDirectTcpip(
        new TunnelTarget("far.example", OWN), ORIGINATOR, loop, new ChannelInboundHandlerAdapter());
    await().atMost(Duration.ofMinutes(1)).until(() -> connected.heldUp().toMillis() > 20);
    slow.setSuccess(List.of(NetUtil.LOCALHOST4));
    loop.submit(() -> {}).get(60, TimeUnit.SECONDS);

    Duration all = connected.heldUp();
    assertThat(all).isGreaterThan(Duration.ofMillis(20));
    assertThat(connected.heldUp()).isEqualTo(all);
  }

  /** The rules have decided about it as unknown, and a second answer may be another one. */
  @Test
  void aNameThatIsUnknownToTheRulesIsUnknownHereToo() throws Exception {
    serverAt("127.0.0.1");
    Upstreams upstreams =
        new Upstreams(
            resolver,
            mock(DirectConnector.class),
            guarded,
            TunnelPins.NONE,
            HeldPorts.NONE,
            ClientOwners.NONE,
            OpeningTimes.DEFAULT);
    ConnectionRequest decided =
        new ConnectionRequest(
            "Far.example",
            new DestinationAddress.Unresolvable(),
            OWN,
            InetAddress.getLoopbackAddress(),
            "door");
    SshException failure =
        (SshException) open(upstreams.of(decided).ssh(), "far.example", OWN).cause();

    assertThat(failure.failure()).isEqualTo(SshFailure.NOT_ALLOWED);
    verify(session, never()).openDirectTcpip(any(), any(), any(), any());
    assertThat(open(upstreams.ssh(), "far.example", OWN).getNow()).isSameAs(channel);
  }

  @Test
  void whatFailsFailsAsItIs() throws Exception {
    serverAt("127.0.0.1");
    SshException failure = new SshException(SshFailure.TARGET_UNREACHABLE, "no");
    when(session.openDirectTcpip(any(), any(), any(), any()))
        .thenReturn(loop.newFailedFuture(failure));
    assertThat(open("far.example", OWN).cause()).isSameAs(failure);

    when(transport.connect(any(), any())).thenReturn(loop.newFailedFuture(failure));
    assertThat(guarded.connect(spec, loop).awaitUninterruptibly().cause()).isSameAs(failure);
  }

  @Test
  void asksOnSomebodysBehalfInTheSameWay() throws Exception {
    when(transport.onBehalfOf(any())).thenReturn(transport);
    when(transport.heldUp(spec)).thenReturn(Duration.ofSeconds(3));
    SshException left = new SshException(SshFailure.LOGIN_UNFINISHED, "left");
    when(transport.unfinished(spec)).thenReturn(Optional.of(left));
    serverAt("127.0.0.1");
    SshTransport theirs = guarded.onBehalfOf(Asker.CULVERT);

    assertThat(theirs.heldUp(spec)).hasSeconds(3);
    assertThat(theirs.unfinished(spec)).containsSame(left);
    SshSession connected = theirs.connect(spec, loop).get(60, TimeUnit.SECONDS);
    assertThat(
            connected
                .openDirectTcpip(
                    new TunnelTarget("localhost", OWN),
                    ORIGINATOR,
                    loop,
                    new ChannelInboundHandlerAdapter())
                .awaitUninterruptibly()
                .isSuccess())
        .isFalse();
  }

  @Test
  void aChannelThatNobodyWaitsForAnyMoreIsClosed() throws Exception {
    serverAt("127.0.0.1");
    Promise<DuplexChannel> slow = loop.newPromise();
    when(session.openDirectTcpip(any(), any(), any(), any())).thenReturn(slow);
    SshSession connected = guarded.connect(spec, loop).get(60, TimeUnit.SECONDS);
    Future<DuplexChannel> opened =
        connected.openDirectTcpip(
            new TunnelTarget("far.example", OWN),
            ORIGINATOR,
            loop,
            new ChannelInboundHandlerAdapter());
    loop.submit(() -> {}).get(60, TimeUnit.SECONDS);
    assertThat(opened.cancel(false)).isTrue();
    slow.setSuccess(channel);
    loop.submit(() -> {}).get(60, TimeUnit.SECONDS);

    verify(channel).close();
  }
}
