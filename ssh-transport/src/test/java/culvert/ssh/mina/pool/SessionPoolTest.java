package culvert.ssh.mina.pool;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static culvert.ssh.mina.TransportFixture.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.BindAddress;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.FakeClock;
import culvert.ssh.mina.LimitedChannels;
import culvert.ssh.mina.TransportFixture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets which session of a real server, on a clock that the test moves. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionPoolTest {
  private final FakeClock clock = new FakeClock();
  private TransportFixture ssh;
  private ServerSocket target;

  @BeforeEach
  void start() throws IOException {
    ssh = new TransportFixture(clock);
    target = new ServerSocket(0, 50, LOOPBACK);
  }

  @AfterEach
  void stop() throws IOException {
    target.close();
    ssh.close();
  }

  @Test
  void aSecondJobGetsAConnectionOfItsOwnAndOthersShareTheOneWithLessToDo() throws Exception {
    SshSession first = ssh.session("alice");
    open(first);
    SshSession second = ssh.session("alice");
    assertThat(second.ended()).isNotSameAs(first.ended());

    SshSession third = ssh.session("alice");
    assertThat(third.ended()).isSameAs(second.ended());
    open(third);
    open(third);
    SshSession fourth = ssh.session("alice");
    assertThat(fourth.ended()).isSameAs(first.ended());
    assertThat(ssh.logins).hasSize(2);
  }

  @Test
  void parallelConnectionsLiveOnDifferentLoops() throws Exception {
    SshSession first = ssh.session("alice");
    SshSession second = ssh.session("alice"); // asked for on the same loop
    assertThat(open(first).eventLoop()).isNotSameAs(open(second).eventLoop());
  }

  @Test
  void anIdleConnectionIsTakenBeforeAnotherOneIsMade() throws Exception {
    SshSession first = ssh.session("alice");
    first.release();
    SshSession second = ssh.session("alice");
    assertThat(second.ended()).isSameAs(first.ended());
    assertThat(ssh.logins).hasSize(1);
  }

  @Test
  void whatNobodyUsesEndsAfterItsIdleTimeoutAndNotBefore() throws Exception {
    SshSession busy = ssh.session("alice");
    SshSession used = ssh.session("alice");
    used.release();
    clock.advance(Duration.ofSeconds(59));
    ssh.session("alice").release(); // it is idle from now on
    clock.advance(Duration.ofSeconds(59));
    assertThat(used.ended().isDone()).isFalse();
    clock.advance(Duration.ofSeconds(1));

    assertThat(used.ended().get(20, TimeUnit.SECONDS)).hasMessageEndingWith(": idle");
    assertThat(busy.ended().isDone()).isFalse();
    assertThat(ssh.logins).hasSize(2);
  }

  @Test
  void afterItsLifetimeAConnectionTakesNobodyNewAndServesWhoItHas() throws Exception {
    SshSession old = ssh.session("alice");
    DuplexChannel control = open(old);
    clock.advance(Duration.ofHours(12));

    SshSession next = ssh.session("alice");
    assertThat(next.ended()).isNotSameAs(old.ended());
    DuplexChannel data = open(old);
    old.release();
    control.close().sync();
    assertThat(old.ended().isDone()).isFalse();
    data.close().sync();
    assertThat(old.ended().get(20, TimeUnit.SECONDS))
        .hasMessageEndingWith(": its max-lifetime is over");
    assertThat(next.ended().isDone()).isFalse();
  }

  @Test
  void aServerThatIsSlowerThanTheClockOfTheTestIsNotDead() throws Exception {
    SshSession session = ssh.idleTimeout(Duration.ofDays(1)).session("alice");
    session.release();
    for (int i = 0; i < 12 * 3600 / 15; i++) {
      clock.advance(Duration.ofSeconds(15));
      ssh.loop.submit(() -> {}).get(20, TimeUnit.SECONDS); // as if this thread had to wait there
    }
    assertThat(session.ended().get(20, TimeUnit.SECONDS))
        .hasMessageEndingWith(": its max-lifetime is over");
  }

  @Test
  void anIdleConnectionWhoseLifetimeIsOverEndsAtOnce() throws Exception {
    SshSession session = ssh.idleTimeout(Duration.ofDays(1)).session("alice");
    session.release();
    clock.advance(Duration.ofHours(12));
    assertThat(session.ended().get(20, TimeUnit.SECONDS))
        .hasMessageEndingWith(": its max-lifetime is over");
  }

  @Test
  void aConnectionThatTakesNobodyNewStillEndsWithTheTransport() throws Exception {
    SshSession old = ssh.session("alice");
    clock.advance(Duration.ofHours(12));
    ssh.transport.close();
    assertThat(old.ended().get(20, TimeUnit.SECONDS)).hasMessageEndingWith("transport closed");
  }

  @Test
  void whereOneMoreConnectionIsRefusedJobsShareTheOneThatStands() throws Exception {
    ssh.loginsAtMost(1);
    SshSession first = ssh.session("alice");
    SshSession second = ssh.session("alice");
    assertThat(second.ended()).isSameAs(first.ended());
    ssh.session("alice");
    assertThat(ssh.logins).hasSize(2); // it is not asked again for every job
    await().atMost(Duration.ofSeconds(20)).until(() -> ssh.server.getActiveSessions().size() == 1);

    ssh.loginsAtMost(Integer.MAX_VALUE);
    clock.advance(Duration.ofSeconds(60));
    assertThat(ssh.session("alice").ended()).isNotSameAs(first.ended());
    assertThat(ssh.logins).hasSize(3);
  }

  /** That the server wants no more sessions of a user says nothing about the password. */
  @Test
  void oneMoreConnectionThatIsRefusedIsNotRememberedAsAWrongPassword() throws Exception {
    ssh.idleTimeout(Duration.ofSeconds(5)).loginsAtMost(1);
    SshSession first = ssh.session("alice");
    SshSession second = ssh.session("alice");
    assertThat(ssh.logins).hasSize(2);
    first.release();
    second.release();
    clock.advance(Duration.ofSeconds(5));
    first.ended().get(20, TimeUnit.SECONDS);

    ssh.loginsAtMost(Integer.MAX_VALUE);
    ssh.session("alice");
    assertThat(ssh.logins).hasSize(3);
  }

  @Test
  void whereOneMoreConnectionBreaksJobsShareTheOneThatStands() throws Exception {
    CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(ssh.server, 1);
    SshSession first = ssh.session("alice");
    assertThat(ssh.session("alice").ended()).isSameAs(first.ended());
    int contacts = ssh.contacts();
    assertThat(ssh.session("alice").ended()).isSameAs(first.ended());
    assertThat(ssh.contacts()).isEqualTo(contacts); // it is not asked again for every job

    CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(ssh.server, 10);
    clock.advance(KeyedSessions.PAUSE_AFTER_FAILURE);
    assertThat(ssh.session("alice").ended()).isNotSameAs(first.ended());
  }

  @Test
  void aJobThatWaitsLongForOneMoreConnectionSharesTheOneThatStands() throws Exception {
    SshSession first = ssh.session("alice");
    ssh.suspendLogins();
    Future<SshSession> second = ssh.connect(ssh.server(), "alice", PASSWORD, LOOPBACK);
    await().atMost(Duration.ofSeconds(20)).until(() -> ssh.logins.size() == 2);
    assertThat(second.isDone()).isFalse();
    clock.advance(SessionPool.GROWTH_PATIENCE);

    assertThat(second.get(20, TimeUnit.SECONDS).ended()).isSameAs(first.ended());
  }

  @Test
  void aRefusedLoginIsTriedAgainWhenItsTimeIsUp() throws Exception {
    ssh.failure(ssh.server(), "wrong");
    clock.advance(Duration.ofSeconds(59));
    assertThat(ssh.failure(ssh.server(), "wrong"))
        .hasMessage(
            "SSH login as alice at 127.0.0.1 refused 59 s ago; not tried again for another 1 s");
    assertThat(ssh.logins).hasSize(1);

    clock.advance(Duration.ofSeconds(1));
    ssh.failure(ssh.server(), "wrong");
    assertThat(ssh.logins).hasSize(2);
    ssh.session("alice");
    assertThat(ssh.logins).hasSize(3);
  }

  @Test
  void aFullConnectionSendsTheNextJobToAnotherOne() throws Exception {
    LimitedChannels limited = ssh.channelsPerSession(2);
    SshSession first = ssh.connections(2).session("alice");
    open(first);
    open(first);
    SshSession second = ssh.session("alice");
    open(second);
    SshSession third = ssh.session("alice"); // the second connection, with less to do
    open(third);
    assertThat(limited.refusals).hasValue(0);
    assertThat(ssh.logins).hasSize(2);

    SshSession fourth = ssh.session("alice");
    SshException failure = failure(request(fourth));
    assertThat(failure.failure()).isEqualTo(SshFailure.SESSION_FULL);
    assertThat(failure).hasMessageContaining("resource shortage");
    assertThat(limited.refusals).hasValue(2); // by each connection once
  }

  @Test
  void aChannelThatIsRefusedLeavesTheConnectionFull() throws Exception {
    ssh.channelsPerSession(1);
    SshSession full = ssh.session("alice");
    open(full);
    assertThat(failure(request(full)).failure()).isEqualTo(SshFailure.SESSION_FULL);

    SshSession other = ssh.session("alice");
    for (int i = 0; i < 3; i++) {
      assertThat(ssh.session("alice").ended()).isSameAs(other.ended()); // however much it has to do
    }
  }

  @Test
  void theFirstChannelOfAJobMovesToAConnectionThatTakesIt() throws Exception {
    LimitedChannels limited = ssh.channelsPerSession(1);
    SshSession first = ssh.session("alice");
    SshSession second = ssh.session("alice");
    SshSession third = ssh.session("alice");
    SshSession shared = third.ended() == first.ended() ? first : second;
    DuplexChannel taken = open(shared);

    open(third);
    assertThat(third.ended()).isNotSameAs(shared.ended());
    assertThat(limited.refusals).hasValue(1);
    // From then on it stays where it is.
    assertThat(failure(request(third)).failure()).isEqualTo(SshFailure.SESSION_FULL);
    assertThat(limited.refusals).hasValue(2);
    taken.close().sync();
  }

  @Test
  void aJobLogsInOnceMoreWhereTheOnlyConnectionIsFull() throws Exception {
    ssh.channelsPerSession(1);
    SshSession first = ssh.session("alice");
    SshSession second = leaseOnTheSame(first);
    open(first);
    open(second);
    assertThat(second.ended()).isNotSameAs(first.ended());
    assertThat(ssh.logins).hasSize(2);
  }

  @Test
  void aConnectionHasRoomAgainWhenAChannelCloses() throws Exception {
    LimitedChannels limited = ssh.channelsPerSession(1);
    SshSession only = ssh.connections(1).session("alice");
    DuplexChannel taken = open(only);
    assertThat(failure(request(ssh.session("alice"))).failure()).isEqualTo(SshFailure.SESSION_FULL);
    assertThat(limited.refusals).hasValue(1); // nowhere else to go
    taken.close().sync();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> request(ssh.session("alice")).await().isSuccess());
  }

  @Test
  void aSpareIsKeptForAFewSecondsOnly() throws Exception {
    ssh.transport
        .prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop)
        .ready()
        .get(20, TimeUnit.SECONDS);
    await().atMost(Duration.ofSeconds(20)).until(() -> clock.pending() == 1);
    clock.advance(Duration.ofMillis(4999));
    assertThat(ssh.server.getActiveSessions()).hasSize(1);
    clock.advance(Duration.ofMillis(1));
    await().atMost(Duration.ofSeconds(20)).until(() -> ssh.server.getActiveSessions().isEmpty());
  }

  /** What was made by way of one user's session is not for another, but counts all the same. */
  @Test
  void atMostFourConnectionsToAServerWaitForTheirLoginByWhateverWay() throws Exception {
    try (TransportFixture inner = new TransportFixture()) {
      List<SshTransport.Preparation> prepared = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        prepared.add(
            ssh.transport.prepare(
                ssh.serverBehind(inner), LOOPBACK, Optional.of(hop("user" + i)), ssh.loop));
      }
      for (SshTransport.Preparation each : prepared) {
        each.ready().get(20, TimeUnit.SECONDS);
      }
      assertThat(inner.server.getActiveSessions()).hasSize(SpareConnections.MAX_UNAUTHENTICATED);

      List<Future<SshSession>> logins = new ArrayList<>();
      for (int i = 12; i > 0; i--) { // first some for whom there is no spare
        logins.add(
            ssh.transport.connect(
                new SshSessionSpec(
                    ssh.serverBehind(inner),
                    "alice",
                    Optional.of(TransportFixture.password()),
                    LOOPBACK,
                    Optional.of(hop("user" + i))),
                ssh.loop));
      }
      for (Future<SshSession> each : logins) {
        each.get(20, TimeUnit.SECONDS);
      }
      assertThat(inner.logins).hasSize(12);
    }
  }

  private SshSessionSpec hop(String user) {
    return new SshSessionSpec(
        ssh.server(), user, Optional.of(TransportFixture.password()), LOOPBACK);
  }

  @Test
  void nothingIsKeptOfThoseWhoHaveGone() throws Exception {
    List<SshSession> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(ssh.session("user" + i % 7));
    }
    all.forEach(SshSession::release);
    ssh.failure(ssh.server(), "wrong");
    clock.advance(Duration.ofSeconds(60));
    for (SshSession each : all) {
      each.ended().get(20, TimeUnit.SECONDS);
    }
    await().atMost(Duration.ofSeconds(20)).until(ssh::keepsNothing);
    assertThat(clock.pending()).isZero();
  }

  @Test
  void anUnusedLeaseThatIsCancelledIsGivenBack() throws Exception {
    Future<SshSession> connecting = ssh.connect(ssh.server(), "alice", PASSWORD, LOOPBACK);
    connecting.cancel(false);
    SshSession session = ssh.session("alice");
    session.release();
    clock.advance(Duration.ofSeconds(60));
    session.ended().get(20, TimeUnit.SECONDS);
    await().atMost(Duration.ofSeconds(20)).until(ssh::keepsNothing);
  }

  @Test
  void aForwardKeepsItsLeaseWhereItIs() throws Exception {
    ssh.channelsPerSession(0);
    SshSession session = ssh.session("alice");
    session
        .requestRemoteForward(new BindAddress("127.0.0.1", 0), ssh.loop, peer -> Optional.empty())
        .get(20, TimeUnit.SECONDS);
    assertThat(failure(request(session)).failure()).isEqualTo(SshFailure.SESSION_FULL);
    assertThat(ssh.logins).hasSize(1);
  }

  /** Another lease on the connection, as concurrent jobs get it. */
  private SshSession leaseOnTheSame(SshSession first) throws Exception {
    first.release();
    SshSession one = ssh.session("alice");
    assertThat(one.ended()).isSameAs(first.ended());
    return one;
  }

  private DuplexChannel open(SshSession session) throws Exception {
    return request(session).get(20, TimeUnit.SECONDS);
  }

  private Future<DuplexChannel> request(SshSession session) {
    return session.openDirectTcpip(
        new TunnelTarget("127.0.0.1", target.getLocalPort()),
        new Originator("127.0.0.1", 1),
        ssh.loop,
        new ChannelInboundHandlerAdapter());
  }

  private static SshException failure(Future<?> future) throws InterruptedException {
    assertThat(future.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(future.isSuccess()).isFalse();
    return (SshException) future.cause();
  }
}
