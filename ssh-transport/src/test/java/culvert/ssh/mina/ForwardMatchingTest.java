package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.BindAddress;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may say of a forward, and to whom the channels go that it opens. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForwardMatchingTest {
  private static final int PORT = 4242;

  private final List<String> accepted = new CopyOnWriteArrayList<>();
  private TransportFixture ssh;
  private SshSession session;

  @BeforeEach
  void start() throws Exception {
    ssh = new TransportFixture();
    session = ssh.session("alice");
  }

  @AfterEach
  void stop() throws IOException {
    ssh.close();
  }

  @Test
  void aChannelThatNobodyAskedForIsRefused() throws Exception {
    assertThat(opened("127.0.0.1", PORT)).isFalse();
    assertThat(session.ended().isDone()).isFalse();
  }

  @Test
  void aChannelOfAnotherPortIsRefused() throws Exception {
    agree();
    listen("localhost");
    assertThat(opened("localhost", PORT + 1)).isFalse();
    assertThat(accepted).isEmpty();
  }

  @Test
  void aServerMayNameTheAddressThatItBoundInsteadOfTheOneAskedFor() throws Exception {
    agree();
    listen("localhost");
    assertThat(opened("127.0.0.1", PORT)).isTrue();
    assertThat(accepted).containsExactly("localhost of 192.0.2.1:20");
  }

  @Test
  void amongForwardsOfOnePortTheAddressDecides() throws Exception {
    agree();
    listen("127.0.0.1");
    listen("::1");
    assertThat(opened("::1", PORT)).isTrue();
    assertThat(opened("127.0.0.1", PORT)).isTrue();
    assertThat(opened("192.0.2.7", PORT)).isFalse();
    assertThat(accepted).containsExactly("::1 of 192.0.2.1:20", "127.0.0.1 of 192.0.2.1:20");
  }

  @Test
  void aChannelOfACancelledForwardIsRefused() throws Exception {
    agree();
    listen("localhost").cancel();
    assertThat(opened("localhost", PORT)).isFalse();
    assertThat(accepted).isEmpty();
  }

  @Test
  void aChannelThatComesBeforeTheReplyWaitsForIt() throws Exception {
    CompletableFuture<CompletableFuture<Boolean>> early = new CompletableFuture<>();
    ForgingServer.answer(
        ssh.server,
        service -> {
          early.complete(ForgingServer.open(service, "localhost", PORT));
          return Result.ReplySuccess;
        });
    listen("localhost");
    assertThat(early.get(20, TimeUnit.SECONDS).get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(accepted).containsExactly("localhost of 192.0.2.1:20");
  }

  @Test
  void aChannelThatComesBeforeARefusalIsRefused() throws Exception {
    CompletableFuture<CompletableFuture<Boolean>> early = new CompletableFuture<>();
    ForgingServer.answer(
        ssh.server,
        service -> {
          early.complete(ForgingServer.open(service, "localhost", PORT));
          return Result.ReplyFailure;
        });
    assertThat(failure(request("localhost", PORT)).failure())
        .isEqualTo(SshFailure.FORWARDING_REFUSED);
    assertThat(early.get(20, TimeUnit.SECONDS).get(20, TimeUnit.SECONDS)).isFalse();
  }

  @ParameterizedTest(name = "asked for port {0}")
  @ValueSource(ints = {0, PORT})
  void onlySoManyChannelsWaitForAReply(int asked) throws Exception {
    CompletableFuture<Void> requested = new CompletableFuture<>();
    ForgingServer.answer(
        ssh.server,
        service -> {
          requested.complete(null);
          return Result.Replied; // which is never
        });
    request("localhost", asked);
    requested.get(20, TimeUnit.SECONDS);
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      waiting.add(ForgingServer.refusal(ssh.server, "localhost", PORT));
    }

    assertThat(ForgingServer.refusal(ssh.server, "localhost", PORT).get(20, TimeUnit.SECONDS))
        .isEqualTo(SshConstants.SSH_OPEN_RESOURCE_SHORTAGE);
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    assertThat(session.ended().isDone()).isFalse();
  }

  @Test
  void aServerThatKeepsItsChosenPortToItselfHasRefused() throws Exception {
    agree();
    SshException failure = failure(request("localhost", 0));
    assertThat(failure.failure()).isEqualTo(SshFailure.FORWARDING_REFUSED);
    assertThat(failure).hasMessageContaining("port 0 (expected: 1..65535)");
  }

  @Test
  void aRequestThatIsNotAnsweredHoldsNothingUpAndEndsWithTheSession() throws Exception {
    ForgingServer.answer(ssh.server, service -> Result.Replied);
    Future<RemoteForward> unanswered = request("localhost", PORT);
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      session
          .openDirectTcpip(
              new TunnelTarget("127.0.0.1", target.getLocalPort()),
              new Originator("127.0.0.1", 1),
              ssh.loop,
              new ChannelInboundHandlerAdapter())
          .get(20, TimeUnit.SECONDS);
    }
    assertThat(unanswered.isDone()).isFalse();
    ssh.server.getActiveSessions().forEach(each -> each.close(true));
    assertThat(failure(unanswered).failure()).isEqualTo(SshFailure.SESSION_ENDED);
  }

  private void agree() {
    ForgingServer.answer(ssh.server, service -> Result.ReplySuccess);
  }

  private boolean opened(String connected, int port) throws Exception {
    return ForgingServer.open(ssh.server, connected, port).get(20, TimeUnit.SECONDS);
  }

  private RemoteForward listen(String host) throws Exception {
    return request(host, PORT).get(20, TimeUnit.SECONDS);
  }

  private Future<RemoteForward> request(String host, int port) {
    return session.requestRemoteForward(
        new BindAddress(host, port),
        ssh.loop,
        originator -> {
          accepted.add(host + " of " + originator.address() + ":" + originator.port());
          return Optional.of(new ChannelInboundHandlerAdapter());
        });
  }

  private static SshException failure(Future<?> future) throws InterruptedException {
    assertThat(future.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(future.isSuccess()).isFalse();
    return (SshException) future.cause();
  }
}
