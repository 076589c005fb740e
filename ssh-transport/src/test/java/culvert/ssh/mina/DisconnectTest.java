package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static org.apache.sshd.common.SshConstants.SSH2_DISCONNECT_BY_APPLICATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.Originator;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.TunnelTarget;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions end that are not needed any more: as with {@code ssh}. */
@Timeout(60)
class DisconnectTest {
  private static final int NONE = 0;

  private final FakeClock clock = new FakeClock();
  private TransportFixture ssh;
  private BlockingQueue<Integer> ends;

  @BeforeEach
  void start() throws IOException {
    ssh = new TransportFixture(clock);
    ends = endsOf(ssh.server);
  }

  @AfterEach
  void stop() throws IOException {
    ssh.close();
  }

  /** The code that each of the server's sessions ends with. */
  private static BlockingQueue<Integer> endsOf(SshServer server) {
    BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
    Set<Session> told = ConcurrentHashMap.newKeySet();
    server.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionDisconnect(
              Session session, int reason, String message, String language, boolean initiator) {
            if (told.add(session)) {
              ends.add(reason);
            }
          }

          @Override
          public void sessionClosed(Session session) {
            if (told.add(session)) {
              ends.add(NONE);
            }
          }
        });
    return ends;
  }

  private static Integer next(BlockingQueue<Integer> ends) throws InterruptedException {
    return ends.poll(20, TimeUnit.SECONDS);
  }

  @Test
  void anIdleSessionIsDisconnected() throws Exception {
    ssh.idleTimeout(Duration.ZERO);
    ssh.session("alice").release();
    clock.advance(Duration.ofMillis(1));

    assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
  }

  @Test
  void aSessionWhoseLifetimeIsOverIsDisconnectedWithItsLastUse() throws Exception {
    ssh.maxLifetime(Duration.ofMinutes(1));
    SshSession session = ssh.session("alice");
    clock.advance(Duration.ofMinutes(2));
    session.release();

    assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
  }

  /** OpenSSH drops what it has not passed on yet, as soon as it reads a disconnect. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"lifetime", "idle"})
  void aSessionIsLeftWhenItsLastChannelIsClosedByTheServerToo(String why) throws Exception {
    HeldCloses closes = new HeldCloses();
    ssh.server.setChannelFactories(List.of(closes));
    ssh.maxLifetime(Duration.ofMinutes(1));
    ssh.idleTimeout(why.equals("idle") ? Duration.ZERO : Duration.ofMinutes(10));
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel = open(session, target);
      clock.advance(why.equals("idle") ? Duration.ZERO : Duration.ofMinutes(2));
      session.release();
      channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1 << 10]));
      channel.shutdownOutput().get(20, TimeUnit.SECONDS);
      channel.close().get(20, TimeUnit.SECONDS);
      Runnable close = closes.held.poll(20, TimeUnit.SECONDS);
      assertThat(close).isNotNull();
      clock.advance(Duration.ofMillis(1));
      assertThat(ends.poll(300, TimeUnit.MILLISECONDS)).isNull();

      close.run();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                clock.advance(Duration.ofMillis(1));
                return !ends.isEmpty();
              });
      assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
    }
  }

  @Test
  void aSpareConnectionThatIsNotNeededIsDisconnected() throws Exception {
    ssh.transport
        .prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop)
        .ready()
        .get(20, TimeUnit.SECONDS);
    ssh.loop.submit(() -> {}).get(20, TimeUnit.SECONDS); // what waited for that is told
    clock.advance(Duration.ofSeconds(6));

    assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
  }

  @Test
  void aSessionIsDisconnectedWhenItsLoginIsRefused() throws Exception {
    assertThat(ssh.failure(ssh.server(), "wrong").failure()).isEqualTo(SshFailure.AUTH_FAILED);

    assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
  }

  @Test
  void shutdownDisconnectsBehindWhatWasWritten() throws Exception {
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel = open(session, target);
      channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1 << 20]));
      ssh.transport.close();

      assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
    }
  }

  @Test
  void whatEndsTheLoopsAtOnceLetsThemTakeLeave() throws Exception {
    ssh.session("alice");
    ssh.session("bob");
    ssh.closeTransportAndLoops();

    assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
    assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
  }

  /** A busy loop comes to its tasks late, and closes its sockets first when it is shut down. */
  @Test
  void whatEndsABusyLoopLetsItTakeLeave() throws Exception {
    ssh.session("alice");
    CountDownLatch busy = new CountDownLatch(1);
    ssh.loop.execute(() -> awaitUninterruptibly(busy));
    CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS).execute(busy::countDown);
    ssh.closeTransportAndLoops();

    assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shutdownDisconnectsBothOfASessionThroughAHopTheInnerOneFirst() throws Exception {
    try (TransportFixture inner = new TransportFixture()) {
      BlockingQueue<Integer> innerEnds = endsOf(inner.server);
      ssh.transport
          .connect(
              new SshSessionSpec(
                  ssh.serverBehind(inner),
                  "alice",
                  Optional.of(TransportFixture.password()),
                  LOOPBACK,
                  Optional.of(
                      new SshSessionSpec(
                          ssh.server(),
                          "hop",
                          Optional.of(TransportFixture.password()),
                          LOOPBACK))),
              ssh.loop)
          .get(20, TimeUnit.SECONDS);
      ssh.transport.close();

      assertThat(next(innerEnds)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
      assertThat(next(ends)).isEqualTo(SSH2_DISCONNECT_BY_APPLICATION);
    }
  }

  @Test
  void aServerThatTakesNothingMoreHoldsNobodyUp() throws Exception {
    CoreModuleProperties.WINDOW_SIZE.set(ssh.server, 256L << 20);
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel = open(session, target);
      ssh.server.getActiveSessions().forEach(each -> each.getIoSession().suspendRead());
      for (int i = 0; i < 64; i++) {
        channel.write(Unpooled.wrappedBuffer(new byte[1 << 20]));
      }
      channel.flush();
      ssh.closeTransport();

      assertThat(session.ended().get(20, TimeUnit.SECONDS))
          .hasMessageEndingWith("SSH transport closed");
      assertThat(channel.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private DuplexChannel open(SshSession session, ServerSocket target) throws Exception {
    return session
        .openDirectTcpip(
            new TunnelTarget("127.0.0.1", target.getLocalPort()),
            new Originator("127.0.0.1", 1),
            ssh.loop,
            new ChannelInboundHandlerAdapter())
        .get(20, TimeUnit.SECONDS);
  }
}
