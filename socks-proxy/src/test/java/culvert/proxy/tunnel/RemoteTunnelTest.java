package culvert.proxy.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.ssh.BindAddress;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshTransport;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a remote tunnel when its SSH server does not do as it is asked. */
class RemoteTunnelTest {
  private static final int DEADLINE_MILLIS = 60_000;
  private static final BindAddress BOUND = new BindAddress("127.0.0.1", 2121);

  private final EventLoop loop = new DefaultEventLoop();
  private final SshTransport ssh = mock(SshTransport.class);
  private final SshSession session = mock(SshSession.class);
  private final RemoteForward forward = mock(RemoteForward.class);
  private final Promise<SshException> ended = loop.newPromise();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private RemoteTunnel tunnel;

  private final TunnelStatus status =
      new TunnelStatus() {
        @Override
        public void listening(String listener, SshServer server, BindAddress bound) {
          told.add("listening on " + bound);
        }

        @Override
        public void down(String listener, SshServer server, SshException why, Duration retryIn) {
          told.add(why.failure() + ", again in " + retryIn.toSeconds() + " s");
        }
      };

  @BeforeEach
  void make() {
    CulvertConfig config =
        new ConfigLoader(Environment.ofProcess())
            .loadString(
                """
                listeners:
                  - { remote-tunnel: 2121, protocol: ftp, profile: gate, target: "localhost:21" }
                profiles:
                  gate: { host: ssh.example, user: gate, authentication: publickey }
                """,
                "test.yaml")
            .orThrow();
    when(session.ended()).thenReturn(ended);
    when(forward.bound()).thenReturn(BOUND);
    when(ssh.connect(any(), any())).thenAnswer(call -> loop.newSucceededFuture(session));
    when(session.requestRemoteForward(any(), any(), any()))
        .thenAnswer(call -> loop.newSucceededFuture(forward));
    tunnel =
        new RemoteTunnel(
            (ListenerConfig.RemoteTunnel) config.listeners().get(0),
            () -> config.profiles().get("gate"),
            ssh,
            mock(TunnelDoor.class),
            status,
            loop);
  }

  @AfterEach
  void stopLoop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void aServerThatIsDownIsTriedAgain() {
    when(ssh.connect(any(), any()))
        .thenAnswer(call -> loop.newFailedFuture(failure(SshFailure.CONNECTION_REFUSED)))
        .thenAnswer(call -> loop.newSucceededFuture(session));

    tunnel.start();

    await()
        .untilAsserted(
            () ->
                assertThat(told)
                    .containsExactly(
                        SshFailure.CONNECTION_REFUSED + ", again in 1 s", "listening on " + BOUND));
  }

  @Test
  void aRefusedLoginIsNotTriedAgainSoon() {
    when(ssh.connect(any(), any()))
        .thenAnswer(call -> loop.newFailedFuture(failure(SshFailure.AUTH_FAILED)));

    tunnel.start();

    await()
        .untilAsserted(
            () -> assertThat(told).containsExactly(SshFailure.AUTH_FAILED + ", again in 60 s"));
  }

  @Test
  void aPortThatTheServerRefusesGivesTheSessionBackAndIsAskedForAgain() {
    when(session.requestRemoteForward(any(), any(), any()))
        .thenAnswer(call -> loop.newFailedFuture(failure(SshFailure.FORWARDING_REFUSED)));

    tunnel.start();

    verify(session, timeout(DEADLINE_MILLIS)).release();
    await()
        .untilAsserted(
            () -> assertThat(told).contains(SshFailure.FORWARDING_REFUSED + ", again in 1 s"));
  }

  @Test
  void theEndOfTheSessionIsToldAndTheTunnelComesBack() {
    tunnel.start();
    await().until(() -> told.contains("listening on " + BOUND));
    when(session.ended()).thenReturn(loop.newPromise());

    ended.setSuccess(failure(SshFailure.SESSION_ENDED));

    await()
        .untilAsserted(
            () ->
                assertThat(told)
                    .containsExactly(
                        "listening on " + BOUND,
                        SshFailure.SESSION_ENDED + ", again in 1 s",
                        "listening on " + BOUND));
  }

  @Test
  void stoppingCancelsTheForwardAndKeepsTheSessionForThoseWhoAreThere() {
    tunnel.start();
    await().until(() -> told.contains("listening on " + BOUND));

    tunnel.stop().awaitUninterruptibly();

    verify(forward).cancel();
    verify(session, never()).release();
    tunnel.release();
    verify(session, timeout(DEADLINE_MILLIS)).release();
  }

  @Test
  void aSessionThatComesAfterTheStopIsGivenBackUnused() {
    Promise<SshSession> connecting = loop.newPromise();
    when(ssh.connect(any(), any())).thenReturn(connecting);
    tunnel.start();
    verify(ssh, timeout(DEADLINE_MILLIS)).connect(any(), eq(loop));

    tunnel.stop().awaitUninterruptibly();
    connecting.setSuccess(session);

    verify(session, timeout(DEADLINE_MILLIS)).release();
    verify(session, never()).requestRemoteForward(any(), any(), any());
    assertThat(told).isEmpty();
  }

  private static SshException failure(SshFailure failure) {
    return new SshException(failure, "ssh server ssh.example:22: " + failure);
  }
}
