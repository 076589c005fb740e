package culvert.it.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FreePorts;
import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What active FTP and remote tunnels rely on, whichever SSH server listens. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class RemoteForwardContract {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int RACES = 100;

  /**
   * Asked for localhost, OpenSSH takes a port of ::1 and does without a 127.0.0.1 that is taken.
   */
  private static final String LOOPBACK = "127.0.0.1";

  private SshEnd ssh;

  abstract SshEnd.Server newServer() throws Exception;

  abstract SshEnd.Server newServerThatForbidsListening() throws Exception;

  @BeforeEach
  void connect() throws Exception {
    ssh = new SshEnd(NettyTransport.preferred(), newServer(), "1GiB");
  }

  @AfterEach
  void close() throws Exception {
    ssh.close();
  }

  @Test
  void severalConnectionsOfOneForwardAreKeptApart() throws Exception {
    AtomicInteger number = new AtomicInteger();
    RemoteForward forward = listen(originator -> Optional.of(greeting(number.getAndIncrement())));
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      peers.add(socket(forward));
    }
    List<Integer> greetings = new ArrayList<>();
    for (Socket peer : peers) {
      greetings.add(peer.getInputStream().read());
      peer.close();
    }
    assertThat(greetings).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void forwardsAskedForAtOnceHaveTheirOwnPorts() throws Exception {
    Map<Integer, Future<RemoteForward>> asked = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      int number = i;
      asked.put(i, request(0, originator -> Optional.of(greeting(number))));
    }
    for (int i = 0; i < 10; i++) {
      RemoteForward forward = asked.get(i).get(30, TimeUnit.SECONDS);
      try (Socket peer = socket(forward)) {
        assertThat(peer.getInputStream().read()).isEqualTo(i);
      }
    }
  }

  @Test
  void theOriginatorIsWhoConnected() throws Exception {
    ConcurrentLinkedQueue<Originator> originators = new ConcurrentLinkedQueue<>();
    RemoteForward forward =
        listen(
            originator -> {
              originators.add(originator);
              return Optional.of(greeting(1));
            });
    try (Socket peer = socket(forward)) {
      assertThat(peer.getInputStream().read()).isEqualTo(1);
      assertThat(originators).containsExactly(new Originator("127.0.0.1", peer.getLocalPort()));
    }
  }

  @Test
  void aForwardForOneConnectionTakesNoSecond() throws Exception {
    OneShot once = new OneShot();
    RemoteForward forward = listen(once);
    try (Socket first = socket(forward)) {
      assertThat(first.getInputStream().read()).isEqualTo(7);
      awaitRefused(forward.bound().port());
      assertThat(once.accepted).hasValue(1);
    }
  }

  /** Takes one connection, as active FTP does. */
  private static final class OneShot implements ForwardedConnections {
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile RemoteForward forward;

    @Override
    public void bound(RemoteForward bound) {
      forward = bound;
    }

    @Override
    public Optional<ChannelHandler> accept(Originator originator) {
      accepted.incrementAndGet();
      forward.cancel();
      return Optional.of(greeting(7));
    }
  }

  @Test
  void whoConnectsTheMomentThatThePortIsBoundIsNotLost() throws Exception {
    for (int i = 0; i < RACES; i++) {
      int number = i;
      int port = FreePorts.next();
      CompletableFuture<Integer> greeted =
          CompletableFuture.supplyAsync(() -> connectUntilBound(port));
      RemoteForward forward =
          request(port, originator -> Optional.of(greeting(number))).get(30, TimeUnit.SECONDS);
      assertThat(greeted.get(30, TimeUnit.SECONDS)).as("round " + i).isEqualTo(number);
      forward.cancel();
    }
  }

  /** Until somebody listens: the client's own socket may not be that. */
  private static int connectUntilBound(int port) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (System.nanoTime() < deadline) {
      try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
        peer.setSoTimeout(20_000);
        return peer.getInputStream().read();
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    throw new AssertionError("nobody listened on port " + port);
  }

  @Test
  void theSamePortMayBeBoundAgainRightBehindTheCancel() throws Exception {
    RemoteForward first = listen(originator -> Optional.of(greeting(1)));
    first.cancel();
    int port = first.bound().port();
    RemoteForward second =
        request(port, originator -> Optional.of(greeting(2))).get(30, TimeUnit.SECONDS);
    assertThat(second.bound()).isEqualTo(new BindAddress(LOOPBACK, port));
    try (Socket peer = socket(second)) {
      assertThat(peer.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void aLeaseThatIsReleasedLeavesNoListenerBehind() throws Exception {
    RemoteForward forward = listen(originator -> Optional.empty());
    ssh.session().release();
    awaitRefused(forward.bound().port());
    assertThat(ssh.session().ended().isDone()).isFalse();
  }

  @Test
  void aKilledServerFailsWhatIsAskedForAndBreaksChannelsOff() throws Exception {
    Recorder recorder = new Recorder();
    CompletableFuture<Originator> accepted = new CompletableFuture<>();
    RemoteForward forward =
        listen(
            originator -> {
              accepted.complete(originator);
              return Optional.of(recorder);
            });
    try (Socket peer = socket(forward)) {
      assertThat(accepted.get(30, TimeUnit.SECONDS).port()).isEqualTo(peer.getLocalPort());
      ssh.server().breakOff();
      SshException end = ssh.session().ended().get(30, TimeUnit.SECONDS);
      assertThat(end.failure()).isEqualTo(SshFailure.SESSION_ENDED);
      // The embedded server's threads may die of it, too: not of interest.
      await().dontCatchUncaughtExceptions().atMost(DEADLINE).until(recorder::inactive);
      assertThat(recorder.eof()).isFalse();
      forward.cancel();
      assertThat(failureOf(request(0, originator -> Optional.empty())).failure())
          .isEqualTo(SshFailure.SESSION_ENDED);
    }
  }

  @Test
  void aServerThatForbidsListeningSaysSoAndTheSessionGoesOn() throws Exception {
    try (SshEnd strict =
        new SshEnd(NettyTransport.preferred(), newServerThatForbidsListening(), "1GiB")) {
      SshException failure =
          failureOf(
              strict
                  .session()
                  .requestRemoteForward(
                      new BindAddress(LOOPBACK, 0),
                      strict.callerLoop(),
                      originator -> Optional.empty()));
      assertThat(failure.failure()).isEqualTo(SshFailure.FORWARDING_REFUSED);
      assertThat(failure)
          .hasMessageContaining("ssh server 127.0.0.1:" + strict.server().port())
          .hasMessageContaining("refused to listen on " + LOOPBACK + ":0");
      assertThat(strict.session().ended().isDone()).isFalse();
    }
  }

  private RemoteForward listen(ForwardedConnections connections) throws Exception {
    return request(0, connections).get(30, TimeUnit.SECONDS);
  }

  private Future<RemoteForward> request(int port, ForwardedConnections connections) {
    return ssh.session()
        .requestRemoteForward(new BindAddress(LOOPBACK, port), ssh.callerLoop(), connections);
  }

  private static Socket socket(RemoteForward forward) throws IOException {
    Socket peer = new Socket(InetAddress.getLoopbackAddress(), forward.bound().port());
    peer.setSoTimeout(20_000);
    return peer;
  }

  /** Says one byte to whoever connects. */
  private static ChannelHandler greeting(int number) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) number}));
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
      }
    };
  }

  private static void awaitRefused(int port) {
    await()
        .atMost(DEADLINE)
        .until(
            () -> {
              try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return false;
              } catch (ConnectException refused) {
                return true;
              }
            });
  }

  private static SshException failureOf(Future<?> future) throws InterruptedException {
    try {
      future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return (SshException) e.getCause();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
    throw new AssertionError("expected a failure");
  }
}
