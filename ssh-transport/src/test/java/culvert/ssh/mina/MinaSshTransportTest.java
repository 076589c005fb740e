package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.Asker;
import culvert.ssh.Originator;
import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.pool.SpareConnections;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MinaSshTransportTest {
  private TransportFixture ssh;

  @BeforeEach
  void start() throws IOException {
    ssh = new TransportFixture();
  }

  @AfterEach
  void stop() throws IOException {
    ssh.close();
  }

  @Test
  void aNewHostKeyIsWrittenDownAndKnownTheNextTime() throws Exception {
    ssh.session("alice");
    assertThat(Files.readString(ssh.knownHosts))
        .startsWith("[127.0.0.1]:" + ssh.server.getPort() + " ");
    ssh.strict().session("bob");
    assertThat(Files.readAllLines(ssh.knownHosts)).hasSize(1);
  }

  @Test
  void everyLoginIsToldAndSoIsTheEndOfWhatHasLoggedIn() throws Exception {
    ssh.failure(ssh.server(), "wrong");
    ssh.session("alice");
    assertThat(ssh.events).containsExactly("AUTH_FAILED of test", "logged in to test");
    ssh.server.stop(true);
    await().until(() -> ssh.events.size() == 3);
    assertThat(ssh.events).endsWith("end of test");
  }

  @Test
  void atAServerThatIsNotReachedNoLoginHasFailed() throws Exception {
    SshServer gone = ssh.server();
    ssh.server.stop(true);
    assertThat(ssh.failure(gone, "secret").failure()).isEqualTo(SshFailure.CONNECTION_REFUSED);
    assertThat(ssh.events).isEmpty();
  }

  @Test
  void aNameThatStandsForAnIpv6AddressIsReachedThereAndKnownAsTheName() throws Exception {
    try (TransportFixture six = new TransportFixture(NetUtil.LOCALHOST6)) {
      int port = six.server.getPort();
      SshSession session =
          six.connect(
                  six.server("six.example", port),
                  "alice",
                  TransportFixture.PASSWORD,
                  TransportFixture.LOOPBACK)
              .get(20, TimeUnit.SECONDS);

      assertThat(session.serverAddress()).contains(NetUtil.LOCALHOST6);
      assertThat(Files.readString(six.knownHosts)).startsWith("[six.example]:" + port + " ");
    }
  }

  @Test
  void anUnknownHostKeyUnderYesGetsNoCredentials() {
    SshException failure = ssh.strict().failure(ssh.server(), "secret");
    assertThat(failure.failure()).isEqualTo(SshFailure.HOST_KEY);
    assertThat(failure).hasMessageContaining("host key of").hasMessageContaining("unknown");
    assertThat(ssh.logins).isEmpty();
  }

  @Test
  void anUnreadableKnownHostsIsNotAnEmptyOne() throws Exception {
    Files.createDirectory(ssh.knownHosts);
    SshException failure = ssh.failure(ssh.server(), "secret");
    assertThat(failure.failure()).isEqualTo(SshFailure.HOST_KEY);
    assertThat(ssh.logins).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anotherKeyGetsNoPasswordThoughTheFirstOneCouldNotBeWritten() throws Exception {
    Files.createSymbolicLink(ssh.knownHosts, Path.of("/proc/culvert-known-hosts"));
    ssh.session("alice");
    ssh.server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());

    SshException failure = ssh.failure(ssh.server(), "other");

    assertThat(failure.failure()).isEqualTo(SshFailure.HOST_KEY);
    assertThat(failure).hasMessageContaining("changed (expected ");
    assertThat(ssh.logins).containsExactly("alice:right");
  }

  @Test
  void aNewKeyIsWrittenAfterALoginOnlyAndBindsBefore() throws Exception {
    ssh.failure(ssh.server(), "wrong");
    assertThat(ssh.knownHosts).doesNotExist();

    KeyPairProvider keys = ssh.server.getKeyPairProvider();
    ssh.server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    SshException failure = ssh.failure(ssh.server(), "other");
    assertThat(failure.failure()).isEqualTo(SshFailure.HOST_KEY);
    assertThat(failure).hasMessageContaining("changed (expected ");
    assertThat(ssh.logins).containsExactly("alice:wrong");

    ssh.server.setKeyPairProvider(keys);
    ssh.session("alice");
    assertThat(Files.readAllLines(ssh.knownHosts)).hasSize(1);
  }

  @Test
  void inventedNamesWithWrongPasswordsLeaveNoLines() {
    for (int i = 0; i < 20; i++) {
      ssh.failure(ssh.server("invented" + i, ssh.server.getPort()), "wrong");
    }

    assertThat(ssh.knownHosts).doesNotExist();
  }

  @Test
  void whoInventsNamesHasNoneForgottenButTheirOwnThoughOthersComeFromTheSamePlace() {
    int port = ssh.server.getPort();
    refused("victim", "bank");
    for (int i = 0; i < 20; i++) {
      refused("mallory", "invented" + i);
    }
    ssh.server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());

    assertThat(ssh.failure(ssh.server("bank", port), "secret").failure())
        .isEqualTo(SshFailure.HOST_KEY);
    assertThat(ssh.failure(ssh.server("invented19", port), "secret").failure())
        .isEqualTo(SshFailure.HOST_KEY);
    assertThat(ssh.failure(ssh.server("invented0", port), "secret").failure())
        .as("forgotten")
        .isEqualTo(SshFailure.AUTH_FAILED);
  }

  private void refused(String who, String host) {
    Asker asker =
        new Asker() {
          @Override
          public Object place() {
            return "one host";
          }

          @Override
          public void identify(Consumer<Object> answer) {
            answer.accept(who);
          }
        };
    Password wrong = new Password("wrong".getBytes(UTF_8));
    SshSessionSpec spec =
        new SshSessionSpec(
            ssh.server(host, ssh.server.getPort()), who, Optional.of(wrong), LOOPBACK);
    Future<SshSession> login = ssh.transport.onBehalfOf(asker).connect(spec, ssh.loop);
    assertThat(login.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
    assertThat(((SshException) login.cause()).failure()).isEqualTo(SshFailure.AUTH_FAILED);
  }

  @Test
  void aSessionWhoseHostSomebodyWritesDownOtherwiseMeanwhileIsGivenUp() throws Exception {
    ssh.suspendLogins();
    Future<SshSession> login =
        ssh.connect(ssh.server(), "alice", TransportFixture.PASSWORD, LOOPBACK);
    await().atMost(Duration.ofSeconds(30)).until(() -> !ssh.logins.isEmpty());
    KeyPair other = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    Files.writeString(
        ssh.knownHosts,
        "[127.0.0.1]:%d %s\n"
            .formatted(ssh.server.getPort(), PublicKeyEntry.toString(other.getPublic())));
    ssh.resumeLogins();

    assertThat(login.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
    assertThat(login.cause())
        .isInstanceOf(SshException.class)
        .hasMessageContaining("changed (expected ")
        .extracting(e -> ((SshException) e).failure())
        .isEqualTo(SshFailure.HOST_KEY);
  }

  @Test
  void aWrongPasswordIsALoginRefused() {
    SshException failure = ssh.failure(ssh.server(), "wrong");
    assertThat(failure.failure()).isEqualTo(SshFailure.AUTH_FAILED);
    assertThat(failure).hasMessage("SSH login as alice at 127.0.0.1 refused");
    assertThat(ssh.logins).containsExactly("alice:wrong");
  }

  @Test
  void aRefusedLoginIsNotTriedAgain() {
    ssh.failure(ssh.server(), "wrong");

    SshException failure = ssh.failure(ssh.server(), "wrong");

    assertThat(failure.failure()).isEqualTo(SshFailure.AUTH_FAILED);
    assertThat(failure)
        .hasMessageMatching(
            "SSH login as alice at 127.0.0.1 refused \\d+ s ago; not tried again for another \\d+ s");
    assertThat(ssh.logins).containsExactly("alice:wrong");
  }

  @Test
  void nobodyThereIsConnectionRefused() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      port = socket.getLocalPort();
    }
    SshException failure = ssh.failure(ssh.server("127.0.0.1", port), "secret");
    assertThat(failure.failure()).isEqualTo(SshFailure.CONNECTION_REFUSED);
    assertThat(failure).hasMessage("ssh server 127.0.0.1:" + port + ": connection refused");
  }

  @Test
  void aNameThatNobodyKnowsIsNameUnknown() {
    SshException failure = ssh.failure(ssh.server("unknown.invalid", 22), "secret");
    assertThat(failure.failure()).isEqualTo(SshFailure.NAME_UNKNOWN);
  }

  @Test
  void aServerWithoutABannerTimesOut() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, LOOPBACK)) {
      Future<SshSession> login =
          ssh.connect(ssh.server("127.0.0.1", silent.getLocalPort()), "alice", "secret", LOOPBACK);
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.getInputStream().read()).isEqualTo('S'); // it is the server's turn
        ssh.passes(TransportFixture.DEADLINE);
        assertThat(login.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
      }
      SshException failure = (SshException) login.cause();
      assertThat(failure.failure()).isEqualTo(SshFailure.TIMED_OUT);
      assertThat(failure).hasMessageContaining("no SSH key exchange within 10000 ms");
    }
  }

  @Test
  void aServerThatHangsUpIsNoSsh() throws Exception {
    try (ServerSocket rude = new ServerSocket(0, 5, LOOPBACK)) {
      Thread hangUp =
          new Thread(
              () -> {
                try (Socket accepted = rude.accept()) {
                  accepted.getOutputStream().write("HTTP/1.0 400 Bad\r\n\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      hangUp.start();
      SshException failure = ssh.failure(ssh.server("127.0.0.1", rude.getLocalPort()), "secret");
      assertThat(failure.failure()).isEqualTo(SshFailure.NOT_SSH);
      hangUp.join();
    }
  }

  @ParameterizedTest(name = "connections: {0}")
  @ValueSource(ints = {1, 2})
  void concurrentFirstUsersShareOneLoginAndThenAskForNoMoreThanAllowed(int connections)
      throws Exception {
    ssh.connections(connections);
    List<Future<SshSession>> connecting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      connecting.add(ssh.connect(ssh.server(), "alice", TransportFixture.PASSWORD, LOOPBACK));
    }
    for (Future<SshSession> each : connecting) {
      each.get(20, TimeUnit.SECONDS);
    }
    // A slow second login is not waited for: all have shared the first then.
    await().atMost(Duration.ofSeconds(20)).until(() -> ssh.logins.size() >= connections);
    assertThat(ssh.logins).hasSize(connections);
  }

  @Test
  void differentUsersPasswordsAndClientHostsShareNothing() throws Exception {
    ssh.session("alice");
    ssh.session("bob");
    ssh.connect(
            ssh.server(),
            "alice",
            TransportFixture.PASSWORD,
            InetAddress.getByAddress(new byte[] {127, 0, 0, 2}))
        .get(20, TimeUnit.SECONDS);
    assertThat(ssh.failure(ssh.server(), "guessed").failure()).isEqualTo(SshFailure.AUTH_FAILED);
    assertThat(ssh.logins).hasSize(4);
  }

  @Test
  void aReleasedSessionServesTheNextJobAndEndsWhenIdle() throws Exception {
    ssh.idleTimeout(Duration.ofSeconds(3));
    SshSession first = ssh.session("alice");
    first.release();
    first.release();
    SshSession second = ssh.session("alice");
    assertThat(ssh.logins).hasSize(1);
    assertThat(second.ended().isDone()).isFalse();

    second.release();
    SshException end = second.ended().get(20, TimeUnit.SECONDS);
    assertThat(end).hasMessageContaining("idle");
    ssh.session("alice");
    assertThat(ssh.logins).hasSize(2);
  }

  @Test
  void anOpenChannelKeepsASessionWithoutLeases() throws Exception {
    ssh.idleTimeout(Duration.ZERO);
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel = open(session, target.getLocalPort()).get(20, TimeUnit.SECONDS);
      session.release();
      try (Socket peer = target.accept()) {
        peer.getOutputStream().write(7);
        assertThat(channel.isActive()).isTrue();
        assertThat(session.ended().isDone()).isFalse();
        channel.close();
        session.ended().get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aPreparedConnectionIsTheOneThatLogsIn() throws Exception {
    SshTransport.Preparation prepared =
        ssh.transport.prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop);
    prepared.reached().get(20, TimeUnit.SECONDS);
    prepared.ready().get(20, TimeUnit.SECONDS);
    ssh.session("alice").release();
    assertThat(ssh.server.getActiveSessions()).hasSize(1);
    // With a session that stands there is nothing to prepare.
    ssh.transport
        .prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop)
        .ready()
        .get(20, TimeUnit.SECONDS);
    assertThat(ssh.server.getActiveSessions()).hasSize(1);
  }

  @Test
  void atMostFourConnectionsWaitForTheirLogin() throws Exception {
    List<SshTransport.Preparation> prepared = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      prepared.add(ssh.transport.prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop));
    }
    for (SshTransport.Preparation each : prepared) {
      each.ready().get(20, TimeUnit.SECONDS);
    }
    assertThat(ssh.server.getActiveSessions())
        .hasSizeLessThanOrEqualTo(SpareConnections.MAX_UNAUTHENTICATED);
    List<Future<SshSession>> logins = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      logins.add(ssh.connect(ssh.server(), "user" + i, TransportFixture.PASSWORD, LOOPBACK));
    }
    for (Future<SshSession> each : logins) {
      each.get(20, TimeUnit.SECONDS);
    }
    assertThat(ssh.logins).hasSize(9);
  }

  @Test
  void nothingIsPreparedWhenTheTransportIsClosed() throws Exception {
    ssh.transport.close();
    SshTransport.Preparation prepared =
        ssh.transport.prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop);

    prepared.reached().get(20, TimeUnit.SECONDS);
    prepared.ready().get(20, TimeUnit.SECONDS);
    assertThat(ssh.server.getActiveSessions()).isEmpty();
    assertThat(
            failure(ssh.connect(ssh.server(), "alice", TransportFixture.PASSWORD, LOOPBACK))
                .failure())
        .isEqualTo(SshFailure.SESSION_ENDED);
  }

  @Test
  void aSpareThatDiedIsReplacedSilently() throws Exception {
    ssh.transport
        .prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop)
        .ready()
        .get(20, TimeUnit.SECONDS);
    ssh.server.getActiveSessions().forEach(session -> session.close(true));
    ssh.session("alice");
    assertThat(ssh.logins).containsExactly("alice:right");
  }

  @Test
  void aSpareThatNobodyWantsIsGivenUp() throws Exception {
    ssh.transport
        .prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop)
        .ready()
        .get(20, TimeUnit.SECONDS);
    await().atMost(Duration.ofSeconds(30)).until(() -> ssh.server.getActiveSessions().isEmpty());
  }

  @Test
  void forbiddenForwardingAndAnUnreachableTargetAreToldApart() throws Exception {
    SshSession session = ssh.session("alice");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      port = socket.getLocalPort();
    }
    assertThat(failure(open(session, port)).failure()).isEqualTo(SshFailure.TARGET_UNREACHABLE);
    ssh.server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    assertThat(failure(open(session, port)).failure()).isEqualTo(SshFailure.FORWARDING_REFUSED);
  }

  /** As sshd does where PAM wants the password changed first. */
  @Test
  void aServerThatRemarksOnTheLoginAndForbidsChannelsHasRefusedNothing() throws Exception {
    ssh.remarksOnLogins("You are required to change\r\nyour password immediately.\n");
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      open(session, target.getLocalPort()).get(20, TimeUnit.SECONDS).close();
    }
    ssh.server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);

    SshException failure = failure(open(session, 1));
    assertThat(failure.failure()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
    assertThat(failure)
        .hasMessageEndingWith(
            "at the login the server said: You are required to change your password immediately.");
  }

  @Test
  void aDeadSessionTellsItsUsersAndIsNotUsedAgain() throws Exception {
    SshSession session = ssh.session("alice");
    ssh.server.getActiveSessions().forEach(each -> each.close(true));
    SshException end = session.ended().get(20, TimeUnit.SECONDS);
    assertThat(end.failure()).isEqualTo(SshFailure.SESSION_ENDED);
    assertThat(failure(open(session, 1)).failure()).isEqualTo(SshFailure.SESSION_ENDED);
    ssh.session("alice");
    assertThat(ssh.logins).hasSize(2);
  }

  @Test
  void closingFailsWhatIsOnTheWay() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, LOOPBACK)) {
      Future<SshSession> connecting =
          ssh.connect(ssh.server("127.0.0.1", silent.getLocalPort()), "alice", "x", LOOPBACK);
      silent.accept().close();
      ssh.transport.close();
      assertThat(connecting.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(connecting.isSuccess()).isFalse();
    }
  }

  @Test
  void aCallerThatWipesItsPasswordEarlySpoilsNobodysLogin() throws Exception {
    Password password = new Password(TransportFixture.PASSWORD.getBytes(UTF_8));
    SshSessionSpec spec =
        new SshSessionSpec(ssh.server(), "alice", Optional.of(password), LOOPBACK);
    Future<SshSession> first = ssh.transport.connect(spec, ssh.loop);
    Future<SshSession> second =
        ssh.connect(ssh.server(), "alice", TransportFixture.PASSWORD, LOOPBACK);
    password.close();
    second.get(20, TimeUnit.SECONDS);
    first.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aClosedTransportIsNoReasonToFallBack() {
    ssh.transport.close();
    SshException failure = ssh.failure(ssh.server(), "secret");
    assertThat(failure.failure()).isEqualTo(SshFailure.SESSION_ENDED);
    assertThat(failure.failure().fallbackReason()).isEmpty();
  }

  @Test
  void emptyBuffersSwallowNothingAndEofWaitsForWhatWasNotFlushed() throws Exception {
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel = open(session, target.getLocalPort()).get(20, TimeUnit.SECONDS);
      try (Socket peer = target.accept()) {
        channel.write(Unpooled.EMPTY_BUFFER);
        channel.write(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
        channel.write(Unpooled.EMPTY_BUFFER);
        channel.write(Unpooled.wrappedBuffer(new byte[] {4}));
        channel.shutdownOutput();
        assertThat(peer.getInputStream().readAllBytes()).containsExactly(1, 2, 3, 4);
      }
    }
  }

  @Test
  void moreThanIsEverInFlightLeavesInOneFlush() throws Exception {
    SshSession session = ssh.session("alice");
    byte[] much = new byte[5 << 20];
    new Random(1).nextBytes(much);
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel = open(session, target.getLocalPort()).get(20, TimeUnit.SECONDS);
      try (Socket peer = target.accept()) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(much));
        channel.shutdownOutput();
        assertThat(peer.getInputStream().readAllBytes()).isEqualTo(much);
      }
    }
  }

  @Test
  void writingToAChannelThatTheServerHasClosedHarmsNoOther() throws Exception {
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      // Nobody reads it, so that it stays open here when the server has closed it.
      DuplexChannel closed = open(session, target.getLocalPort()).get(20, TimeUnit.SECONDS);
      try (Socket peer = target.accept()) {
        peer.getOutputStream().write(1);
      }
      DuplexChannel other = open(session, target.getLocalPort()).get(20, TimeUnit.SECONDS);
      try (Socket peer = target.accept()) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () ->
                    !closed
                        .writeAndFlush(Unpooled.wrappedBuffer(new byte[100]))
                        .awaitUninterruptibly()
                        .isSuccess());
        other.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
        assertThat(peer.getInputStream().read()).isEqualTo(7);
        assertThat(session.ended().isDone()).isFalse();
        assertThat(closed.close().await(20, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  @Test
  void aChannelSaysThatItsSessionEnded() throws Exception {
    SshSession session = ssh.session("alice");
    CompletableFuture<Throwable> said = new CompletableFuture<>();
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      session
          .openDirectTcpip(
              new TunnelTarget("127.0.0.1", target.getLocalPort()),
              new Originator("127.0.0.1", 1),
              ssh.loop,
              new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                  said.complete(cause);
                }
              })
          .get(20, TimeUnit.SECONDS);
      ssh.server.getActiveSessions().forEach(each -> each.close(true));
      assertThat(said.get(20, TimeUnit.SECONDS))
          .isInstanceOf(SshException.class)
          .hasMessageStartingWith(
              "ssh server 127.0.0.1:" + ssh.server.getPort() + ": session ended");
    }
  }

  @Test
  void endingTheOutputOfAChannelThatTheServerHasClosedIsNotWaitedForForEver() throws Exception {
    SshSession session = ssh.session("alice");
    try (ServerSocket target = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel = open(session, target.getLocalPort()).get(20, TimeUnit.SECONDS);
      target.accept().close();
      assertThat(channel.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(channel.shutdownOutput().await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Future<DuplexChannel> open(SshSession session, int port) {
    return session.openDirectTcpip(
        new TunnelTarget("127.0.0.1", port),
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
