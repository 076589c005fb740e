package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FallbackReason;
import culvert.config.SshUser;
import culvert.proxy.TestProfiles;
import culvert.ssh.SshFailure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Login, fallback and failures, as the client and the FTP server see them. */
class FtpLoginTest {
  private FtpFixture ftp;

  @BeforeEach
  void start() throws Exception {
    ftp = new FtpFixture();
  }

  @AfterEach
  void stop() throws Exception {
    ftp.close();
  }

  private static void logIn(Peer client) throws Exception {
    assertThat(client.line()).startsWith("220 ");
    client.sendLine("USER bob");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
  }

  private static void serveLogin(Peer server) throws Exception {
    server.sendLine("220-FTP here").sendLine("220 ready");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 password?");
    assertThat(server.line()).isEqualTo("PASS secret");
    server.sendLine("230-Welcome").sendLine("230 In.");
  }

  private void awaitEnd(int connection, String end) {
    await()
        .untilAsserted(() -> assertThat(ftp.recorded.get(connection).events).last().isEqualTo(end));
  }

  @Test
  void theCapturedLoginOpensTheTunnelAndIsReplayed() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    assertThat(client.answer()).isZero();
    logIn(client);
    Peer server = ftp.server();
    serveLogin(server);

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(client.line()).isEqualTo("230 In.");
    client.sendLine("PWD");
    assertThat(server.line()).isEqualTo("PWD");
    assertThat(ftp.ssh.logins).containsExactly("bob:secret");
    assertThat(ftp.ssh.channels).hasToString("[ftp.example:21]");
    assertThat(ftp.recorded.get(0).events).containsExactly("tunnelled gate:22 bob");
  }

  @Test
  void theSessionEndsWhenBothSidesHaveEndedAndGivesItsLeaseBack() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    serveLogin(server);
    client.line();
    client.line();

    client.sendLine("QUIT");
    client.sendEof();
    assertThat(server.line()).isEqualTo("QUIT");
    assertThat(server.line()).isEqualTo("EOF");
    server.sendLine("221 Bye");
    server.close();

    assertThat(client.rest()).isEqualTo("221 Bye\r\nEOF");
    awaitEnd(0, "ended completed");
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @Test
  void aClientThatSendsEverythingAtOnceIsServedInOrder() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.send("OPTS UTF8 ON\r\nUSER bob\r\nPASS secret\r\nFEAT\r\nPWD\r\n");
    client.sendEof();
    assertThat(client.answer()).isZero();
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("OPTS UTF8 ON");
    server.sendLine("501 no");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 p");
    assertThat(server.line()).isEqualTo("PASS secret");
    server.sendLine("230 in");

    assertThat(server.line()).isEqualTo("FEAT");
    assertThat(server.line()).isEqualTo("PWD");
    assertThat(server.line()).isEqualTo("EOF");
    server.sendLine("211 f").sendLine("257 p").sendEof();
    assertThat(client.line()).startsWith("220 ");
    assertThat(client.line()).startsWith("200 ");
    assertThat(client.line()).startsWith("331 ");
    assertThat(client.rest()).isEqualTo("230 in\r\n211 f\r\n257 p\r\nEOF");
  }

  @Test
  void withAFixedUserTheRealGreetingIsRelayed() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    Peer client = ftp.tunnel(Fallback.NONE);
    Peer server = ftp.server();
    server.sendLine("220 real");

    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 real");
    client.sendLine("USER anonymous");
    assertThat(server.line()).isEqualTo("USER anonymous");
    assertThat(ftp.ssh.logins).containsExactly("gate");
  }

  @Test
  void withAKeyTheUserNameIsEnough() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PUBLICKEY);
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.sendLine("USER bob");
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 the server's own words");

    assertThat(client.line()).isEqualTo("331 the server's own words");
    client.sendLine("PASS secret");
    assertThat(server.line()).isEqualTo("PASS secret");
    assertThat(ftp.ssh.logins).containsExactly("bob");
  }

  @Test
  void aRefusedSshLoginLeavesTheControlConnectionUsable() throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.AUTH_FAILED);
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    assertThat(client.line()).isEqualTo("530 culvert: ssh server gate:22: AUTH_FAILED");

    ftp.ssh.loginFailure = null;
    client.sendLine("USER bob");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
    serveLogin(ftp.server());
    assertThat(client.line()).isEqualTo("230-Welcome");
  }

  @Test
  void aLoginRefusedByTheFtpServerLeavesTheControlConnectionUsable() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    server.sendLine("220 hi");
    server.line();
    server.sendLine("530 Login incorrect.");
    assertThat(client.line()).isEqualTo("530 Login incorrect.");
    assertThat(server.line()).isEqualTo("EOF");

    client.sendLine("USER bob");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
    serveLogin(ftp.server());
    assertThat(client.line()).isEqualTo("230-Welcome");
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(1));
  }

  @ParameterizedTest(name = "<{0}>")
  @CsvSource({"anonymous", "ftp", "Anonymous", "''"})
  void anonymousUsersAreNeverTriedAgainstSsh(String user) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.sendLine("USER " + user);
    client.line();
    client.sendLine("PASS me@example.org");

    assertThat(client.line()).startsWith("530 culvert: nothing to log in with");
    assertThat(ftp.ssh.logins).isEmpty();
  }

  @Test
  void anonymousUsersFallBackWhereThatIsAllowed() throws Exception {
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    client.line();
    client.sendLine("USER anonymous");
    client.line();
    client.sendLine("PASS me@example.org");
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("USER anonymous");
    server.sendLine("230 in");

    assertThat(client.line()).isEqualTo("230 in");
    assertThat(ftp.ssh.logins).isEmpty();
    assertThat(ftp.recorded.get(0).events)
        .containsExactly("tunnel failed NO_IDENTITY", "fell back no-identity");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "CONNECTION_REFUSED, 5",
    "NO_ROUTE, 3",
    "NAME_UNKNOWN, 4",
    "TIMED_OUT, 6",
    "HOST_KEY, 2"
  })
  void anSshServerThatIsNotReachedIsAFailureOfTheFrontDoor(SshFailure failure, int code)
      throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(failure);

    assertThat(ftp.tunnel(Fallback.NONE).answer()).isEqualTo(code);
    awaitEnd(0, "ended upstream-failed");
  }

  @Test
  void anSshServerThatIsNotReachedFallsBackBeforeTheAnswerAndTheRealGreetingIsRelayed()
      throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    Peer server = ftp.server();
    server.sendLine("220 real");

    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 real");
    client.sendLine("USER bob");
    assertThat(server.line()).isEqualTo("USER bob");
    assertThat(ftp.recorded.get(0).events)
        .containsExactly("tunnel failed CONNECTION_REFUSED", "fell back unreachable");
  }

  @Test
  void whereTheFtpServerIsDownTooTheFrontDoorFails() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    ftp.ftpServer.close();

    assertThat(ftp.tunnel(Fallback.PLAIN).answer()).isEqualTo(5);
  }

  @Test
  void aPinnedDestinationDoesNotFallBackBecauseTheSshServerIsNotReached() throws Exception {
    ftp.pinned.add(FtpFixture.HOST);
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);

    assertThat(ftp.tunnel(Fallback.PLAIN).answer()).isEqualTo(5);
    assertThat(ftp.direct).isEmpty();
    awaitEnd(0, "ended upstream-failed");
    assertThat(ftp.recorded.get(0).events)
        .containsExactly(
            "tunnel failed CONNECTION_REFUSED", "kept from plaintext", "ended upstream-failed");
  }

  @ParameterizedTest(name = "{0} in plaintext: {1}")
  @CsvSource({"TIMED_OUT, false", "NOT_SSH, false", "AUTH_FAILED, true", "NO_IDENTITY, true"})
  void onlyWhatAVerifiedServerSaysLeadsAPinnedDestinationIntoPlaintext(
      SshFailure failure, boolean plaintext) throws Exception {
    ftp.pinned.add(FtpFixture.HOST);
    ftp.ssh.loginFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    if (plaintext) {
      serveLogin(ftp.server());
      assertThat(client.line()).isEqualTo("230-Welcome");
    } else {
      assertThat(client.line()).startsWith("421 culvert: ").endsWith(" (pinned)");
      assertThat(ftp.direct).isEmpty();
    }
  }

  @Test
  void whoLeavesWhileThePinsAreReadCausesNoPlaintext() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2)); // nobody notices before
    Promise<Void> gate = GlobalEventExecutor.INSTANCE.newPromise();
    ftp.pinGate = gate;
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.TIMED_OUT);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    await().until(() -> ftp.recorded.get(0).events.contains("tunnel failed TIMED_OUT"));

    client.close();
    await().until(() -> ftp.clients.stream().noneMatch(channel -> channel.isOpen()));
    gate.setSuccess(null);

    assertThat(ftp.direct).isEmpty();
  }

  /** Least of all one for plaintext. */
  @Test
  void aDefectOnTheWayIsNoVerdictOnTheTunnel() throws Exception {
    ftp.pinsDefective = true;
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    client.line();
    client.sendLine("USER bob").sendLine("PASS secret");

    assertThat(client.rest()).endsWith("RESET");
    awaitEnd(0, "ended internal-error");
    assertThat(ftp.direct).isEmpty();
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @Test
  void aTunnelPinsItsDestination() throws Exception {
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(ftp.pinned).containsExactly(FtpFixture.HOST);
  }

  @Test
  void aDestinationThatTheClientDidNotNameIsNotPinned() throws Exception {
    ftp.destinationsNamed = false;
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(ftp.ssh.channels).isNotEmpty();
    assertThat(ftp.pinned).isEmpty();
  }

  @Test
  void aLoginThatWeCouldNotFinishLeadsToNoPlaintext() throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.LOGIN_UNFINISHED);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    assertThat(client.line()).isEqualTo("530 culvert: ssh server gate:22: LOGIN_UNFINISHED");
    assertThat(ftp.direct).isEmpty();
  }

  @ParameterizedTest(name = "{0} falls back: {1}")
  @CsvSource({"AUTH_FAILED, auth-failed", "NOT_SSH, unreachable", "TIMED_OUT, unreachable"})
  void aFailedLoginFallsBackWithTheLoginReplayedInPlaintext(SshFailure failure, String reason)
      throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.recorded.get(0).events).contains("fell back " + reason);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"FORWARDING_REFUSED, forwarding-refused", "TARGET_UNREACHABLE, target-unreachable"})
  void aRefusedChannelFallsBackAndGivesTheLeaseBack(SshFailure failure, String reason)
      throws Exception {
    ftp.ssh.channelFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.recorded.get(0).events).contains("fell back " + reason);
    assertThat(ftp.ssh.leases).hasValue(0);
  }

  @Test
  void aClientThatHangsUpOverItsRefusalHasNotAbortedAnything() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    ftp.ssh.channelFailure = FakeSsh.failure(SshFailure.TARGET_UNREACHABLE);
    ftp.hangUpOnRefusal = true;
    ftp.tunnel(Fallback.NONE);

    awaitEnd(0, "ended upstream-failed");
    assertThat(ftp.recorded.get(0).events).doesNotContain("ended client-aborted");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"FORWARDING_REFUSED", "TARGET_UNREACHABLE"})
  void aRefusedChannelWithoutFallbackIsA421AndTheEnd(SshFailure failure) throws Exception {
    ftp.ssh.channelFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);

    assertThat(client.rest()).isEqualTo("421 culvert: ssh server gate:22: " + failure + "\r\nEOF");
  }

  @Test
  void aBadHostKeyNeverFallsBack() throws Exception {
    ftp.ssh.readyFailure = FakeSsh.failure(SshFailure.HOST_KEY);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    assertThat(client.rest()).isEqualTo("421 culvert: ssh server gate:22: HOST_KEY\r\nEOF");
    assertThat(ftp.ssh.logins).isEmpty();
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void anSshServerThatHangsIsAcceptedAfterAWhileAndEndsIn421() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2));
    ftp.ssh.hangs = true;
    Peer client = ftp.tunnel(Fallback.NONE);
    assertThat(client.answer()).isZero();
    logIn(client);

    assertThat(client.rest())
        .isEqualTo("421 culvert: ssh server gate:22: no tunnel within 2000 ms\r\nEOF");
  }

  @Test
  void anSshServerThatHangsFallsBackInTime() throws Exception {
    ftp.patience(Duration.ofSeconds(1), FtpFixture.NEVER);
    ftp.ssh.hangs = true;
    Peer client = ftp.tunnel(Fallback.PLAIN);
    assertThat(client.answer()).isZero();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
  }

  @Test
  void aFixedUsersSshServerThatHangsEndsIn421() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2));
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    ftp.ssh.hangs = true;
    Peer client = ftp.tunnel(Fallback.NONE);

    assertThat(client.answer()).isZero();
    assertThat(client.rest()).startsWith("421 culvert: ssh server gate:22").endsWith("EOF");
  }

  @Test
  void aServerThatHangsUpDuringTheLoginIsA421() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    ftp.server().close();

    assertThat(client.rest())
        .isEqualTo(
            "421 culvert: FTP server ftp.example: closed the connection during the login\r\nEOF");
  }

  @Test
  void aClientThatIsGoneWhenItIsToldOfTheLossChangesNothing() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());
    client.line();
    client.line();
    ListAppender<ILoggingEvent> faults = new ListAppender<>();
    faults.start();
    Logger listeners = (Logger) LoggerFactory.getLogger(DefaultPromise.class);
    listeners.addAppender(faults);
    ftp.clients
        .get(0)
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void write(ChannelHandlerContext context, Object reply, ChannelPromise done) {
                ReferenceCountUtil.release(reply);
                context.channel().close(); // as when the write finds the client's reset
              }
            });

    ftp.ssh.ended.setSuccess(FakeSsh.failure(SshFailure.SESSION_ENDED));

    awaitEnd(0, "ended upstream-aborted");
    listeners.detachAppender(faults);
    assertThat(faults.list).isEmpty();
  }

  @Test
  void anSshSessionThatDiesLaterIsA421() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());
    client.line();
    client.line();

    ftp.ssh.ended.setSuccess(FakeSsh.failure(SshFailure.SESSION_ENDED));

    assertThat(client.rest()).isEqualTo("421 culvert: ssh server gate:22: SESSION_ENDED\r\nEOF");
    awaitEnd(0, "ended upstream-aborted");
  }

  @Test
  void aSessionThatHasEndedLeavesNothingAtTheSshConnection() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());
    client.line();
    client.line();
    assertThat(ftp.ssh.ended.listeners).hasValue(1);

    client.reset();

    awaitEnd(0, "ended client-aborted");
    await().untilAsserted(() -> assertThat(ftp.ssh.ended.listeners).hasValue(0));
  }

  @Test
  void anFtpServerThatIsNotReachedThroughAGoodTunnelIsNoUnreachableSshServer() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2));
    ftp.ssh.holdChannels();
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);

    assertThat(client.rest())
        .matches(
            "421 culvert: FTP server ftp\\.example:21 not reached through ssh server gate:22"
                + " within \\d+ ms\r\nEOF");
    assertThat(ftp.recorded.get(0).events).first().isEqualTo("tunnel failed TARGET_UNREACHABLE");
  }

  @Test
  void anFtpServerThatIsNotReachedThroughAGoodTunnelFallsBackInTime() throws Exception {
    ftp.patience(Duration.ofSeconds(1), FtpFixture.NEVER);
    ftp.ssh.holdChannels();
    Peer client =
        ftp.tunnel(
            new Fallback(Set.of(FallbackReason.AUTH_FAILED, FallbackReason.TARGET_UNREACHABLE)));
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.recorded.get(0).events)
        .containsExactly("tunnel failed TARGET_UNREACHABLE", "fell back target-unreachable");
  }

  @Test
  void aSilenceInTheTunnelLeadsNoPinnedDestinationToPlaintext() throws Exception {
    ftp.patience(Duration.ofSeconds(1), FtpFixture.NEVER);
    ftp.pinned.add(FtpFixture.HOST);
    ftp.ssh.holdChannels();
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    assertThat(client.rest()).startsWith("421 culvert: FTP server ftp.example:21 not reached");
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void aPreparationThatFailedLongAgoIsNoVerdictOnTheLogin() throws Exception {
    ftp.ssh.readyFailure = FakeSsh.failure(SshFailure.NOT_SSH);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.recorded.get(0).events).containsExactly("tunnelled gate:22 bob");
  }

  @Test
  void aPreparationThatFailsWhileTheLoginWaitsForItIsTheVerdict() throws Exception {
    ftp.ssh.hangs = true;
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    await().untilAsserted(() -> assertThat(ftp.ssh.readyAsked).hasPositiveValue());

    ftp.ssh.letGo(FakeSsh.failure(SshFailure.NOT_SSH));

    assertThat(client.rest()).isEqualTo("421 culvert: ssh server gate:22: NOT_SSH\r\nEOF");
    assertThat(ftp.ssh.logins).isEmpty();
  }

  @Test
  void aPreparationThatSomebodyElseEndedIsMadeUpFor() throws Exception {
    ftp.ssh.hangs = true;
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    await().untilAsserted(() -> assertThat(ftp.ssh.readyAsked).hasPositiveValue());

    ftp.ssh.letGo(FakeSsh.failure(SshFailure.SESSION_ENDED));
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({"AUTH_FAILED, 530", "NO_IDENTITY, 530", "LOGIN_UNFINISHED, 530", "TIMED_OUT, 421"})
  void aFixedUsersLoginThatIsRefusedLateIsA530(SshFailure failure, int code) throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    ftp.ssh.hangs = true;
    Peer client = ftp.tunnel(Fallback.NONE);
    assertThat(client.answer()).isZero();

    ftp.ssh.letGo(FakeSsh.failure(failure));

    assertThat(client.rest())
        .isEqualTo(code + " culvert: ssh server gate:22: " + failure + "\r\nEOF");
  }

  @ParameterizedTest(name = "logged in: {0}")
  @CsvSource({"false", "true"})
  void aClientThatNeverReadsIsNotReadFromForEver(boolean loggedIn) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    if (loggedIn) {
      logIn(client);
      serveLogin(ftp.server());
      client.line();
      client.line();
    } else {
      assertThat(client.line()).startsWith("220 ");
    }
    client.socket.setReceiveBufferSize(16 * 1024);
    ftp.clients.get(0).config().setOption(ChannelOption.SO_SNDBUF, 16 * 1024);
    String command = "PROT " + "P".repeat(500) + "\r\n";
    byte[] block = command.repeat(32).getBytes(StandardCharsets.US_ASCII);
    AtomicBoolean cut = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 2_000; i++) {
                  client.socket.getOutputStream().write(block);
                }
              } catch (IOException e) {
                cut.set(true);
              }
            });
    writer.start();

    writer.join(3_000);

    assertThat(cut).as("the client is not cut off").isFalse();
    assertThat(writer.isAlive()).as("the client is held back").isTrue();
    assertThat(ftp.clients.get(0).unsafe().outboundBuffer().totalPendingWriteBytes())
        .isLessThan(2 << 20);

    for (int reply = 0; reply < 2_000 * 32; reply++) {
      assertThat(client.line()).startsWith("502 ");
    }
    writer.join(10_000);
    assertThat(writer.isAlive()).as("the client got all its answers").isFalse();
  }

  @Test
  void aClientThatGoesAwayWhileTheTunnelIsMadeLeavesNothingBehind() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    client.reset();

    awaitEnd(0, "ended client-aborted");
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @Test
  void aTlsClientIsResetAndNothingReachesTheServer() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.send("\u0016\u0003\u0001");

    assertThat(client.rest()).isEqualTo("RESET");
    awaitEnd(0, "ended refused");
  }

  @Test
  void anHttpRequestIsResetWhicheverWayTheSessionGoes() throws Exception {
    Peer client = ftp.plain(FtpFixture.HOST);
    Peer server = ftp.server();
    server.sendLine("220 real");
    client.answer();
    client.line();
    client.send("POST / HTTP/1.1\r\nHost: x\r\n\r\nPORT 1,2,3,4,5,6\r\n");

    assertThat(client.rest()).isEqualTo("RESET");
    assertThat(server.line()).isEqualTo("EOF");
  }

  @Test
  void aClientThatPipelinesWithoutEndWaitsForReplies() throws Exception {
    Peer client = ftp.plain(FtpFixture.HOST);
    Peer server = ftp.server();
    server.sendLine("220 real");
    client.answer();
    client.line();
    client.send("NOOP\r\n".repeat(2_000));

    for (int i = 0; i < 256; i++) {
      assertThat(server.line()).isEqualTo("NOOP");
    }
    server.socket.setSoTimeout(200);
    assertThatThrownBy(server::line).isInstanceOf(SocketTimeoutException.class);
    server.socket.setSoTimeout(10_000);
    server.sendLine("200 ok");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void aNulByteIs500AndTheEnd() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.send("USER a\0b\r\n");

    assertThat(client.rest()).isEqualTo("500 culvert: NUL byte\r\nEOF");
  }

  @Test
  void aDirectSessionIsRelayedFromTheGreetingOn() throws Exception {
    Peer client = ftp.plain(FtpFixture.HOST);
    Peer server = ftp.server();
    server.sendLine("220 real");

    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 real");
    client.sendLine("AUTH TLS");
    assertThat(server.line()).isEqualTo("AUTH TLS");
    server.sendLine("234 go");
    assertThat(client.line()).isEqualTo("234 go");
    client.send("\u0016\u0003\0\0\nx");
    assertThat(server.line()).isEqualTo("\u0016\u0003\0\0");
  }

  @Test
  void aDirectSessionToAServerThatIsDownIsAFailureOfTheFrontDoor() throws Exception {
    ftp.ftpServer.close();

    assertThat(ftp.plain(FtpFixture.HOST).answer()).isEqualTo(5);
  }

  @Test
  void aDirectSessionToAnUnknownNameIsAFailureOfTheFrontDoor() throws Exception {
    assertThat(ftp.plain("nowhere.example").answer()).isEqualTo(4);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PASV\t", "PORT\t127,0,0,1,4,1", "STOR\tf", "PASV\rQUIT", " PASV"})
  void whatServersTakeForDifferentCommandsReachesNoServer(String line) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    assertThat(client.line()).startsWith("220 ");
    client.sendLine(line).sendLine("USER bob").sendLine(line).sendLine("PASS secret");
    assertThat(client.line()).startsWith("500 culvert: ");
    assertThat(client.line()).startsWith("331 ");
    assertThat(client.line()).startsWith("500 culvert: ");
    Peer server = ftp.server();
    serveLogin(server);
    client.line();
    client.line();

    client.sendLine(line).sendLine("noop\r\r");
    assertThat(server.line()).isEqualTo("NOOP");
    server.sendLine("200 ok");

    assertThat(client.line()).startsWith("500 culvert: ");
    assertThat(client.line()).isEqualTo("200 ok");
  }

  @Test
  void namesAndPasswordsThatLookLikeTelnetReachTheServerAsTheyCame() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.sendLine("USER bob").sendLine("PASS \u00ff\u00f0\u00ff\u00ff");
    client.line();
    Peer server = ftp.server();
    server.sendLine("220 hi");
    server.line();
    server.sendLine("331 p");
    assertThat(server.line()).isEqualTo("PASS \u00ff\u00f0\u00ff\u00ff");
    server.sendLine("230 in");
    client.line();

    client.sendLine("DELE \u00ff\u00f0\u00ec\u00e0");

    assertThat(server.line()).isEqualTo("DELE \u00ff\u00f0\u00ec\u00e0");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "220 one|220 two|220 three",
        "220-one|220 two|220 three",
        "120 soon|220 one||220 two",
        "Welcome|220 one|220-two| three|220 four"
      })
  void aServerThatGreetsInSeveralRepliesIsLoggedInTo(String greetings) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    server.sendLine(greetings.replace("|", "\r\n"));
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 password?");
    assertThat(server.line()).isEqualTo("PASS secret");
    server.sendLine("230 In.");

    assertThat(client.line()).isEqualTo("230 In.");
    client.sendLine("PWD");
    assertThat(server.line()).isEqualTo("PWD");
    server.sendLine("257 here");
    assertThat(client.line()).isEqualTo("257 here");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"221 Bye", "221-x\r\n221 Bye", "221"}) // what has no code is no reply
  void whatTheServerSaysLastIsNotLostWithoutAnEndOfLine(String words) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    serveLogin(server);
    client.line();
    client.line();
    client.sendLine("QUIT");
    server.line();

    server.send(words).close();

    assertThat(client.rest()).isEqualTo(words + "EOF");
  }

  @Test
  void aRefusalWithoutAnEndOfLineReachesTheClientWhoMayTryAgain() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    server.sendLine("220 hi");
    server.line();
    server.send("530 not you").close();

    assertThat(client.line()).isEqualTo("530 not you");
    client.sendLine("USER bob");
    assertThat(client.line()).startsWith("331 ");
  }

  private static void serveUser(Peer server, String user, String password, String reply)
      throws Exception {
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("USER " + user);
    server.sendLine("331 p");
    assertThat(server.line()).isEqualTo("PASS " + password);
    server.sendLine(reply);
  }

  @ParameterizedTest(name = "pipelined: {0}")
  @ValueSource(booleans = {false, true})
  void afterAnonymousPlaintextTheNextUserGoesThroughTheTunnel(boolean pipelined) throws Exception {
    Peer client = ftp.tunnel(new Fallback(Set.of(FallbackReason.NO_IDENTITY)));
    client.answer();
    client.line();
    client.sendLine("USER anonymous").sendLine("PASS me@");
    if (pipelined) {
      client.send("NOOP\r\nUSER alice\r\nPASS secret\r\nPWD\r\n");
    }
    assertThat(client.line()).startsWith("331 ");
    Peer plain = ftp.server();
    serveUser(plain, "anonymous", "me@", "230 in");
    assertThat(client.line()).isEqualTo("230 in");
    if (!pipelined) {
      client.send("NOOP\r\nUSER alice\r\nPASS secret\r\nPWD\r\n");
    }
    assertThat(plain.line()).isEqualTo("NOOP");
    plain.sendLine("200 ok");
    assertThat(client.line()).isEqualTo("200 ok");
    assertThat(client.line()).startsWith("331 ");

    assertThat(plain.line()).isEqualTo("EOF");
    Peer tunnelled = ftp.server();
    serveUser(tunnelled, "alice", "secret", "230 in");
    assertThat(client.line()).isEqualTo("230 in");
    assertThat(tunnelled.line()).isEqualTo("PWD");
    assertThat(ftp.ssh.logins).containsExactly("alice:secret");
    assertThat(ftp.direct).containsExactly(21);
    assertThat(ftp.recorded.get(0).events)
        .containsExactly(
            "tunnel failed NO_IDENTITY", "fell back no-identity", "tunnelled gate:22 alice");
  }

  private Peer anonymousInPlaintext(Peer client) throws Exception {
    client.answer();
    client.line();
    client.sendLine("USER anonymous").sendLine("PASS me@");
    assertThat(client.line()).startsWith("331 ");
    Peer plain = ftp.server();
    serveUser(plain, "anonymous", "me@", "230 in");
    assertThat(client.line()).isEqualTo("230 in");
    return plain;
  }

  @Test
  void aCommandThatIsNeverAnsweredKeepsNoOtherLoginWaiting() throws Exception {
    Peer client = ftp.tunnel(new Fallback(Set.of(FallbackReason.NO_IDENTITY)));
    Peer plain = anonymousInPlaintext(client);
    client.sendLine("LIST");
    assertThat(plain.line()).isEqualTo("LIST");
    plain.sendLine("150 go");
    assertThat(client.line()).isEqualTo("150 go");
    client.sendLine("NOOP");
    assertThat(plain.line()).isEqualTo("NOOP");
    plain.sendLine("226 done");
    assertThat(client.line()).isEqualTo("226 done");

    client.sendLine("USER alice").sendLine("PASS secret");

    assertThat(client.line()).startsWith("331 ");
    assertThat(plain.line()).isEqualTo("EOF");
    serveUser(ftp.server(), "alice", "secret", "230 in");
    assertThat(client.line()).isEqualTo("230 in");
  }

  @Test
  void answersThatAClientMayYetWaitForHaveADeadlineBeforeAnotherLogin() throws Exception {
    ftp.loginPatience(Duration.ofSeconds(5), FtpFixture.NEVER);
    Peer client = ftp.tunnel(new Fallback(Set.of(FallbackReason.NO_IDENTITY)));
    Peer plain = anonymousInPlaintext(client);
    client.send("NOOP\r\nNOOP\r\nUSER alice\r\nPASS secret\r\n");
    plain.line();
    plain.line();
    plain.sendLine("200 ok");
    assertThat(client.line()).isEqualTo("200 ok");

    assertThat(client.line())
        .matches("421 culvert: FTP server .*: left commands without an answer.*");
    assertThat(client.line()).isEqualTo("EOF");
    assertThat(ftp.ssh.logins).isEmpty();
  }

  @Test
  void afterAMistypedPasswordInPlaintextTheRightOneGoesThroughTheTunnel() throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.AUTH_FAILED);
    Peer client = ftp.tunnel(new Fallback(Set.of(FallbackReason.AUTH_FAILED)));
    client.answer();
    client.line();
    client.sendLine("USER bob").sendLine("PASS typo");
    assertThat(client.line()).startsWith("331 ");
    Peer plain = ftp.server();
    ftp.ssh.loginFailure = null;
    serveUser(plain, "bob", "typo", "530 no");
    assertThat(client.line()).isEqualTo("530 no");
    assertThat(plain.line()).isEqualTo("EOF");

    client.sendLine("USER bob").sendLine("PASS secret");
    assertThat(client.line()).startsWith("331 ");
    serveUser(ftp.server(), "bob", "secret", "230 in");

    assertThat(client.line()).isEqualTo("230 in");
    assertThat(ftp.ssh.logins).containsExactly("bob:typo", "bob:secret");
    assertThat(ftp.direct).containsExactly(21);
  }

  @Test
  void reinAfterSuchAFallbackEndsTheServersConnection() throws Exception {
    Peer client = ftp.tunnel(new Fallback(Set.of(FallbackReason.NO_IDENTITY)));
    Peer plain = anonymousInPlaintext(client);

    client.sendLine("REIN");
    assertThat(client.line()).startsWith("220 ");
    assertThat(plain.line()).isEqualTo("EOF");
    client.sendLine("PWD");
    assertThat(client.line()).startsWith("530 ");
    client.sendLine("USER alice").sendLine("PASS secret");
    assertThat(client.line()).startsWith("331 ");
    serveUser(ftp.server(), "alice", "secret", "230 in");

    assertThat(client.line()).isEqualTo("230 in");
    assertThat(ftp.ssh.logins).containsExactly("alice:secret");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"TIMED_OUT", "FORWARDING_REFUSED", "TARGET_UNREACHABLE"})
  void otherFallbacksHoldForTheControlConnection(SshFailure failure) throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    Peer plain = ftp.server();
    ftp.ssh.loginFailure = null;
    serveLogin(plain);
    client.line();
    client.line();

    client.sendLine("USER alice");

    assertThat(plain.line()).isEqualTo("USER alice");
    client.sendLine("REIN");
    assertThat(plain.line()).isEqualTo("REIN");
    assertThat(ftp.ssh.logins).containsExactly("bob:secret");
  }

  @Test
  void aKeyThatIsRefusedToOneUserIsTriedForTheNext() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PUBLICKEY);
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.AUTH_FAILED);
    Peer client = ftp.tunnel(new Fallback(Set.of(FallbackReason.AUTH_FAILED)));
    client.answer();
    client.line();
    client.sendLine("USER bob");
    Peer plain = ftp.server();
    plain.sendLine("220 hi");
    assertThat(plain.line()).isEqualTo("USER bob");
    plain.sendLine("331 p");
    assertThat(client.line()).isEqualTo("331 p");

    ftp.ssh.loginFailure = null;
    client.sendLine("USER alice");

    assertThat(plain.line()).isEqualTo("EOF");
    Peer tunnelled = ftp.server();
    tunnelled.sendLine("220 hi");
    assertThat(tunnelled.line()).isEqualTo("USER alice");
    assertThat(ftp.ssh.logins).containsExactly("bob", "alice");
  }

  /** Until it is hung up. */
  private static void keepSaying(Peer peer, String line) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  peer.sendLine(line);
                }
              } catch (IOException e) {
                // It was.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @ParameterizedTest(name = "<{0}>")
  @ValueSource(strings = {"120 wait", "220-and", "220 hi", "text", ""})
  void aServerThatTalksForEverHasOneDeadlineForTheLogin(String line) throws Exception {
    ftp.loginPatience(Duration.ofMillis(300), FtpFixture.NEVER);
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    keepSaying(server, line);

    assertThat(client.line())
        .isEqualTo("421 culvert: FTP server ftp.example: no answer to the login within 300 ms");
    assertThat(client.rest()).isEqualTo("EOF");
    awaitEnd(0, "ended upstream-failed");
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"NOOP", "USER bob", "ACCT x", "FEAT", "REIN", "PA@S"})
  void aClientThatNeverLogsInIsHungUpWhateverElseItSays(String line) throws Exception {
    ftp.loginPatience(FtpFixture.NEVER, Duration.ofMillis(300));
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    String reply;
    do {
      client.sendLine(line);
      reply = client.line();
    } while (!reply.startsWith("421 ") && !reply.equals("EOF"));

    assertThat(reply).isEqualTo("421 culvert: no login within 300 ms");
    awaitEnd(0, "ended timed-out");
    assertThat(ftp.ssh.logins).isEmpty();
  }

  @Test
  void aClientThatSaysNothingIsHungUp() throws Exception {
    ftp.loginPatience(FtpFixture.NEVER, Duration.ofMillis(300));
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();

    assertThat(client.rest()).isEqualTo("421 culvert: no login within 300 ms\r\nEOF");
  }
}
