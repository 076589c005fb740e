package culvert.ssh.mina;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.NotLookedUpException;
import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport.Preparation;
import culvert.ssh.mina.pool.SpareConnections;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our own slowness never passes for the server's. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HeldUpTest {
  private static final InetAddress CLIENT = TransportFixture.LOOPBACK;

  private static final Duration LONGER = TransportFixture.DEADLINE.plusSeconds(1);

  private TransportFixture ssh;

  @BeforeEach
  void start() throws Exception {
    ssh = new TransportFixture();
  }

  @AfterEach
  void stop() throws Exception {
    ssh.letFilesGo();
    ssh.close();
  }

  private SshServer queued() {
    return ssh.server("ftp.queued", ssh.server.getPort());
  }

  private Future<SshSession> login(SshServer server) {
    return ssh.connect(server, "alice", TransportFixture.PASSWORD, CLIENT);
  }

  private SshException failure(Future<SshSession> login) {
    assertThat(login.awaitUninterruptibly(60, TimeUnit.SECONDS)).isTrue();
    return (SshException) login.cause();
  }

  private Promise<List<InetAddress>> name() {
    await().atMost(Duration.ofSeconds(30)).until(() -> !ssh.names.isEmpty());
    return ssh.names.remove();
  }

  @Test
  void aNameThatNobodyHasLookedUpIsNoEvidenceAboutTheServer() {
    Future<SshSession> login = login(queued());
    name().setFailure(new NotLookedUpException("ftp.queued: too many names wait already"));

    SshException failure = failure(login);
    assertThat(failure.failure()).isEqualTo(SshFailure.HELD_UP);
    assertThat(failure.failure().fallbackReason()).isEmpty();
    assertThat(failure).hasMessageContaining("too many names wait");
  }

  @Test
  void aNameServerThatDoesNotAnswerIsEvidence() {
    Future<SshSession> login = login(queued());
    name().setFailure(new UnknownHostException("ftp.queued: no answer"));

    assertThat(failure(login).failure()).isEqualTo(SshFailure.NAME_UNKNOWN);
  }

  @Test
  void aLookupThatIsGivenUpIsNone() {
    Future<SshSession> login = login(queued());
    name().setFailure(new CancellationException("gone"));

    assertThat(failure(login).failure().fallbackReason()).isEmpty();
  }

  @Test
  void aNameMayTakeLongerThanTheServerMay() throws Exception {
    Future<SshSession> login = login(queued());
    Promise<List<InetAddress>> name = name();
    ssh.passes(LONGER);
    assertThat(login.isDone()).isFalse();
    name.setSuccess(List.of(CLIENT));

    assertThat(login.get(60, TimeUnit.SECONDS).serverAddress()).contains(CLIENT);
  }

  @Test
  void aPreparedConnectionThatWaitsForItsNameSaysSo() throws Exception {
    Preparation prepared = ssh.transport.prepare(queued(), CLIENT, Optional.empty(), ssh.loop);
    Promise<List<InetAddress>> name = name();
    ssh.passes(Duration.ofSeconds(1));
    assertThat(prepared.heldUp()).isEqualTo(Duration.ofSeconds(1));
    name.setSuccess(List.of(CLIENT));

    prepared.ready().get(60, TimeUnit.SECONDS);
  }

  @Test
  void knownHostsMayTakeLongerThanTheServerMay() throws Exception {
    Preparation prepared = ssh.transport.prepare(queued(), CLIENT, Optional.empty(), ssh.loop);
    Promise<List<InetAddress>> name = name();
    ssh.holdFiles();
    name.setSuccess(List.of(CLIENT));
    prepared.reached().get(60, TimeUnit.SECONDS);
    await().atMost(Duration.ofSeconds(30)).until(() -> ssh.filesWaiting() > 0);
    ssh.passes(LONGER);
    assertThat(prepared.ready().isDone()).isFalse();
    ssh.letFilesGo();

    prepared.ready().get(60, TimeUnit.SECONDS);
  }

  @Test
  void keysMayTakeLongerThanTheServerMayAndTheTransportSaysHowLong() throws Exception {
    ssh.holdFiles();
    Password password = new Password(TransportFixture.PASSWORD.getBytes(StandardCharsets.UTF_8));
    SshSessionSpec spec = new SshSessionSpec(ssh.server(), "alice", Optional.of(password), CLIENT);
    Future<SshSession> login = ssh.transport.connect(spec, ssh.loop);
    await().atMost(Duration.ofSeconds(30)).until(() -> ssh.filesWaiting() > 0);
    ssh.passes(LONGER);
    assertThat(login.isDone()).isFalse();
    assertThat(ssh.transport.heldUp(spec)).isEqualTo(LONGER);
    assertThat(
            ssh.transport.heldUp(
                new SshSessionSpec(ssh.server(), "bob", Optional.of(password), CLIENT)))
        .isZero();
    ssh.letFilesGo();

    assertThat(login.awaitUninterruptibly(60, TimeUnit.SECONDS)).isTrue();
    password.close();
    assertThat(ssh.transport.heldUp(spec)).as("its password is wiped").isZero();
  }

  /** The server takes its time with each; that only so many are asked for at once is ours. */
  @Test
  void aLoginsTurnBehindOthersIsNotTheServersTime() throws Exception {
    ssh.suspendLogins();
    for (int i = 0; i < SpareConnections.MAX_UNAUTHENTICATED; i++) {
      ssh.connect(ssh.server(), "user" + i, TransportFixture.PASSWORD, CLIENT);
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> ssh.contacts() == SpareConnections.MAX_UNAUTHENTICATED && !ssh.logins.isEmpty());
    Password password = new Password(TransportFixture.PASSWORD.getBytes(StandardCharsets.UTF_8));
    SshSessionSpec spec = new SshSessionSpec(ssh.server(), "last", Optional.of(password), CLIENT);
    ssh.transport.connect(spec, ssh.loop);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              ssh.passes(Duration.ofMillis(1)); // it may take a while until it asks for its turn
              return !ssh.transport.heldUp(spec).isZero();
            });
    Duration before = ssh.transport.heldUp(spec);
    ssh.passes(Duration.ofSeconds(3));
    assertThat(ssh.transport.heldUp(spec)).isEqualTo(before.plusSeconds(3));
    password.close();
  }

  @Test
  void whoWaitsForItsTurnAtAServerThatIsNotThereNeedNotFindThatOutItself() throws Exception {
    int nobodys;
    try (ServerSocket closed = new ServerSocket(0)) {
      nobodys = closed.getLocalPort();
    }
    SshServer server = ssh.server("ftp.queued", nobodys);
    List<Future<SshSession>> logins = new ArrayList<>();
    for (int i = 0; i < SpareConnections.MAX_UNAUTHENTICATED + 3; i++) {
      logins.add(ssh.connect(server, "user" + i, TransportFixture.PASSWORD, CLIENT));
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ssh.names.size() == SpareConnections.MAX_UNAUTHENTICATED);

    name().setSuccess(List.of(CLIENT));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> logins.stream().filter(Future::isDone).count() == 4);
    assertThat(logins.stream().filter(Future::isDone))
        .allSatisfy(
            login -> assertThat(failure(login).failure()).isEqualTo(SshFailure.CONNECTION_REFUSED));
  }

  @Test
  void whatWasDecidedWithoutAnAddressIsNotResolvedForTheServer() {
    SshServer undecided = queued();
    Future<SshSession> login =
        login(new SshServer(undecided.profile(), undecided.host(), Optional.empty(), false));

    assertThat(failure(login).failure()).isEqualTo(SshFailure.NAME_UNKNOWN);
    assertThat(ssh.names).isEmpty();
  }
}
