package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemoteForwardTest {
  private static final BindAddress ANY_PORT = new BindAddress("127.0.0.1", 0);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private TransportFixture ssh;

  @BeforeEach
  void start() throws IOException {
    ssh = new TransportFixture();
  }

  @AfterEach
  void stop() throws IOException {
    ssh.close();
  }

  /** Sends everything back. */
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }
  }

  /** Keeps the channels it is given; they read nothing. */
  private static final class Collector implements ForwardedConnections {
    final Queue<DuplexChannel> channels = new ConcurrentLinkedQueue<>();
    final Queue<Originator> originators = new ConcurrentLinkedQueue<>();

    @Override
    public Optional<ChannelHandler> accept(Originator originator) {
      originators.add(originator);
      return Optional.of(
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
              channels.add((DuplexChannel) ctx.channel());
            }
          });
    }

    DuplexChannel next() {
      await().atMost(DEADLINE).until(() -> !channels.isEmpty());
      return channels.remove();
    }
  }

  /** Takes the first that comes, and cancels the forward with it. */
  private static final class OneShot implements ForwardedConnections {
    private final CompletableFuture<RemoteForward> forward = new CompletableFuture<>();
    final Collector accepted = new Collector();

    @Override
    public Optional<ChannelHandler> accept(Originator originator) {
      forward.join().cancel();
      return accepted.accept(originator);
    }

    @Override
    public void bound(RemoteForward bound) {
      forward.complete(bound);
    }

    int port() {
      return forward.join().bound().port();
    }
  }

  @Test
  void whoConnectsToTheForwardReachesTheAcceptor() throws Exception {
    byte[] much = new byte[3 << 20];
    new Random(1).nextBytes(much);
    RemoteForward forward =
        get(request(ssh.session("alice"), originator -> Optional.of(new Echo())));
    assertThat(forward.bound().host()).isEqualTo("127.0.0.1");
    try (Socket peer = connect(forward)) {
      CompletableFuture<byte[]> echoed =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return peer.getInputStream().readNBytes(much.length);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      peer.getOutputStream().write(much);
      assertThat(echoed.get(30, TimeUnit.SECONDS)).isEqualTo(much);
    }
  }

  @Test
  void theOriginatorIsWhoConnectedAndTheChannelSaysSo() throws Exception {
    Collector collector = new Collector();
    RemoteForward forward = get(request(ssh.session("alice"), collector));
    try (Socket peer = connect(forward)) {
      DuplexChannel channel = collector.next();
      assertThat(collector.originators)
          .containsExactly(new Originator("127.0.0.1", peer.getLocalPort()));
      assertThat(channel.remoteAddress()).hasToString("ssh:127.0.0.1:" + peer.getLocalPort());
      assertThat(channel.config().isAutoRead()).isFalse();
    }
  }

  @Test
  void severalConnectionsAreServedAtOnce() throws Exception {
    RemoteForward forward =
        get(request(ssh.session("alice"), originator -> Optional.of(new Echo())));
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      peers.add(connect(forward));
    }
    for (int i = 0; i < 5; i++) {
      peers.get(i).getOutputStream().write(i);
    }
    for (int i = 0; i < 5; i++) {
      assertThat(peers.get(i).getInputStream().read()).isEqualTo(i);
      peers.get(i).close();
    }
  }

  @Test
  void aCancelledForwardListensNoMoreAndItsConnectionsGoOn() throws Exception {
    Collector collector = new Collector();
    RemoteForward forward = get(request(ssh.session("alice"), collector));
    try (Socket peer = connect(forward)) {
      DuplexChannel channel = collector.next();
      forward.cancel();
      forward.cancel();
      awaitNotListening(forward);
      channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
      assertThat(peer.getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void whoIsNotWantedIsHungUpOn() throws Exception {
    RemoteForward forward = get(request(ssh.session("alice"), originator -> Optional.empty()));
    try (Socket peer = connect(forward)) {
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void anAcceptorThatThrowsHarmsNobodyElse() throws Exception {
    SshSession session = ssh.session("alice");
    RemoteForward bad =
        get(
            request(
                session,
                originator -> {
                  throw new IllegalStateException("bug");
                }));
    RemoteForward good = get(request(session, originator -> Optional.of(new Echo())));
    try (Socket refused = connect(bad);
        Socket served = connect(good)) {
      assertThat(refused.getInputStream().read()).isEqualTo(-1);
      served.getOutputStream().write(1);
      assertThat(served.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void aForwardAcceptsBeforeItsFutureHasTold() throws Exception {
    SshSession session = ssh.session("alice");
    CompletableFuture<BindAddress> bound = new CompletableFuture<>();
    Future<RemoteForward> asked =
        request(
            session,
            new ForwardedConnections() {
              @Override
              public Optional<ChannelHandler> accept(Originator originator) {
                return Optional.of(new Echo());
              }

              @Override
              public void bound(RemoteForward forward) {
                bound.complete(forward.bound());
              }
            });
    try (Socket peer = new Socket(LOOPBACK, bound.get(20, TimeUnit.SECONDS).port())) {
      peer.getOutputStream().write(1);
      assertThat(peer.getInputStream().read()).isEqualTo(1);
    }
    assertThat(get(asked).bound()).isEqualTo(bound.get());
  }

  @Test
  void severalMayBeAskedForAtOnce() throws Exception {
    SshSession session = ssh.session("alice");
    List<Future<RemoteForward>> asked = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      asked.add(
          request(
              session,
              originator ->
                  Optional.of(
                      new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext ctx) {
                          ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) number}));
                        }
                      })));
    }
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      RemoteForward forward = get(asked.get(i));
      ports.add(forward.bound().port());
      try (Socket peer = connect(forward)) {
        assertThat(peer.getInputStream().read()).isEqualTo(i);
      }
    }
    assertThat(ports).hasSize(8);
  }

  @Test
  void aServerThatForbidsItSaysSo() throws Exception {
    ssh.server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    SshException failure = failure(request(ssh.session("alice"), new Collector()));
    assertThat(failure.failure()).isEqualTo(SshFailure.FORWARDING_REFUSED);
    assertThat(failure)
        .hasMessage(
            "ssh server 127.0.0.1:"
                + ssh.server.getPort()
                + ": refused to listen on 127.0.0.1:0"
                + " (taken, or forbidden by AllowTcpForwarding or PermitListen)");
  }

  @Test
  void aPortThatIsTakenIsRefusedAndTheSessionGoesOn() throws Exception {
    SshSession session = ssh.session("alice");
    try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
      BindAddress bind = new BindAddress("127.0.0.1", taken.getLocalPort());
      SshException failure = failure(session.requestRemoteForward(bind, ssh.loop, new Collector()));
      assertThat(failure.failure()).isEqualTo(SshFailure.FORWARDING_REFUSED);
    }
    assertThat(session.ended().isDone()).isFalse();
  }

  @Test
  void aLeaseThatIsReleasedTakesItsForwardsAlongAndNoOthers() throws Exception {
    ssh.connections(1);
    SshSession first = ssh.session("alice");
    SshSession second = ssh.session("alice");
    assertThat(ssh.logins).hasSize(1);
    RemoteForward ending = get(request(first, new Collector()));
    RemoteForward staying = get(request(second, originator -> Optional.of(new Echo())));
    first.release();
    awaitNotListening(ending);
    assertThat(ssh.listening()).containsExactly(staying.bound().port());
    try (Socket peer = connect(staying)) {
      peer.getOutputStream().write(1);
      assertThat(peer.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void aLeaseThatIsReleasedBeforeTheReplyLeavesNoListenerBehind() throws Exception {
    SshSession session = ssh.session("alice");
    CountDownLatch reply = ssh.holdForwards();
    Future<RemoteForward> asked = request(session, new Collector());
    session.release();
    reply.countDown();
    awaitNotListening(get(asked));
  }

  @Test
  void aRequestThatIsGivenUpLeavesNoListenerBehind() throws Exception {
    SshSession session = ssh.session("alice");
    CountDownLatch reply = ssh.holdForwards();
    CompletableFuture<RemoteForward> bound = new CompletableFuture<>();
    Future<RemoteForward> asked =
        request(
            session,
            new ForwardedConnections() {
              @Override
              public Optional<ChannelHandler> accept(Originator originator) {
                return Optional.empty();
              }

              @Override
              public void bound(RemoteForward forward) {
                bound.complete(forward);
              }
            });
    assertThat(asked.cancel(false)).isTrue();
    reply.countDown();
    awaitNotListening(bound.get(20, TimeUnit.SECONDS));
  }

  @Test
  void aForwardKeepsItsSessionUntilItsLastChannelIsClosed() throws Exception {
    ssh.idleTimeout(Duration.ZERO);
    SshSession session = ssh.session("alice");
    Collector collector = new Collector();
    RemoteForward forward = get(request(session, collector));
    try (Socket peer = connect(forward)) {
      DuplexChannel channel = collector.next();
      session.release();
      awaitNotListening(forward);
      assertThat(session.ended().isDone()).isFalse();
      channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
      assertThat(peer.getInputStream().read()).isEqualTo(7);
      channel.close();
      assertThat(session.ended().get(20, TimeUnit.SECONDS)).hasMessageContaining("idle");
    }
  }

  @Test
  void aForwardThatIsCancelledWhileItAcceptsKeepsItsSessionTooUntilItsChannelIsClosed()
      throws Exception {
    ssh.idleTimeout(Duration.ZERO);
    SshSession session = ssh.session("alice");
    OneShot oneShot = new OneShot();
    get(request(session, oneShot));
    try (Socket peer = new Socket(LOOPBACK, oneShot.port())) {
      peer.setSoTimeout(20_000);
      DuplexChannel channel = oneShot.accepted.next();
      session.release();
      get(request(ssh.session("bob"), new Collector())); // the loop has seen the release
      assertThat(session.ended().isDone()).isFalse();
      channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
      assertThat(peer.getInputStream().read()).isEqualTo(7);
      channel.close();
      assertThat(session.ended().get(20, TimeUnit.SECONDS)).hasMessageContaining("idle");
    }
  }

  @Test
  void aForwardThatIsCancelledWhileItRefusesKeepsNoSession() throws Exception {
    ssh.idleTimeout(Duration.ZERO);
    SshSession session = ssh.session("alice");
    CompletableFuture<RemoteForward> bound = new CompletableFuture<>();
    RemoteForward forward =
        get(
            request(
                session,
                new ForwardedConnections() {
                  @Override
                  public Optional<ChannelHandler> accept(Originator originator) {
                    bound.join().cancel();
                    return Optional.empty();
                  }

                  @Override
                  public void bound(RemoteForward listening) {
                    bound.complete(listening);
                  }
                }));
    try (Socket peer = connect(forward)) {
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }
    session.release();
    assertThat(session.ended().get(20, TimeUnit.SECONDS)).hasMessageContaining("idle");
  }

  @Test
  void aSessionThatDiesEndsItsForwardsAndFailsWhatWasAskedFor() throws Exception {
    SshSession session = ssh.session("alice");
    Collector collector = new Collector();
    RemoteForward forward = get(request(session, collector));
    try (Socket peer = connect(forward)) {
      DuplexChannel channel = collector.next();
      ssh.server.getActiveSessions().forEach(each -> each.close(true));
      session.ended().get(20, TimeUnit.SECONDS);
      assertThat(channel.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
      forward.cancel();
      assertThat(failure(request(session, collector)).failure())
          .isEqualTo(SshFailure.SESSION_ENDED);
      assertThat(peer.isConnected()).isTrue();
    }
  }

  @Test
  void acceptedChannelsCountAgainstTheBudget() throws Exception {
    Collector collector = new Collector();
    RemoteForward forward = get(request(ssh.session("alice"), collector));
    try (Socket peer = connect(forward)) {
      DuplexChannel channel = collector.next();
      CompletableFuture<Void> drained =
          CompletableFuture.runAsync(
              () -> {
                try {
                  ssh.transport.awaitChannelsClosed(DEADLINE);
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      peer.getOutputStream().write(1);
      assertThat(drained).isNotDone();
      channel.close();
      drained.get(60, TimeUnit.SECONDS);
    }
  }

  private Future<RemoteForward> request(SshSession session, ForwardedConnections connections) {
    return session.requestRemoteForward(ANY_PORT, ssh.loop, connections);
  }

  private static RemoteForward get(Future<RemoteForward> asked) throws Exception {
    return asked.get(20, TimeUnit.SECONDS);
  }

  private static Socket connect(RemoteForward forward) throws IOException {
    Socket peer = new Socket(LOOPBACK, forward.bound().port());
    peer.setSoTimeout(20_000);
    return peer;
  }

  /** By the server's word: whoever comes next may have got the port. */
  private void awaitNotListening(RemoteForward forward) {
    await().atMost(DEADLINE).until(() -> !ssh.listening().contains(forward.bound().port()));
  }

  private static SshException failure(Future<?> future) throws InterruptedException {
    assertThat(future.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(future.isSuccess()).isFalse();
    return (SshException) future.cause();
  }
}
