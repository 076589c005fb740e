package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

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

class GuardedSshTest {
  private static final int OWN = 9090;
  private static final Originator ORIGINATOR = new Originator("127.0.0.1", 40_000);
  private static final Map<String, String> NAMES =
      Map.of("localhost", "127.0.0.1", "here.example", "127.0.0.2", "far.example", "192.0.2.7");

  private final EventLoop loop = new DefaultEventLoop();
  private final SshTransport transport = mock(SshTransport.class);
  private final SshSession session = mock(SshSession.class);
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final SshSessionSpec spec = mock(SshSessionSpec.class);
  private final OwnListeners listeners = new OwnListeners();
  private final AddressResolver resolver =
      (host, executor) -> {
        String address = NAMES.getOrDefault(host, host);
        InetAddress known = NetUtil.createInetAddressFromIpAddressString(address);
        if (host.equals("busy.example")) {
          return executor.newFailedFuture(new NotLookedUpException(host));
        }
        return known == null
            ? executor.newFailedFuture(new UnknownHostException(host))
            : executor.newSucceededFuture(List.of(known));
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
    SshSession connected = guarded.connect(spec, loop).get(5, TimeUnit.SECONDS);
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
    SshSession connected = theirs.connect(spec, loop).get(5, TimeUnit.SECONDS);
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
    SshSession connected = guarded.connect(spec, loop).get(5, TimeUnit.SECONDS);
    Future<DuplexChannel> opened =
        connected.openDirectTcpip(
            new TunnelTarget("far.example", OWN),
            ORIGINATOR,
            loop,
            new ChannelInboundHandlerAdapter());
    loop.submit(() -> {}).get(5, TimeUnit.SECONDS);
    assertThat(opened.cancel(false)).isTrue();
    slow.setSuccess(channel);
    loop.submit(() -> {}).get(5, TimeUnit.SECONDS);

    verify(channel).close();
  }
}
