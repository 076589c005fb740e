package culvert.proxy.ftp;

import static culvert.proxy.ftp.FtpFixture.logIn;
import static culvert.proxy.ftp.FtpFixture.serveLogin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.SshUser;
import culvert.proxy.TestProfiles;
import culvert.ssh.SshFailure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultPromise;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** How logins fail that lead nowhere else: who is told what, and when. */
class FtpLoginFailuresTest {
  @RegisterExtension final FtpFixture ftp = new FtpFixture();

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
    ftp.awaitEnd(0, "ended upstream-failed");
  }

  @Test
  void aClientThatHangsUpOverItsRefusalHasNotAbortedAnything() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    ftp.ssh.channelFailure = FakeSsh.failure(SshFailure.TARGET_UNREACHABLE);
    ftp.hangUpOnRefusal = true;
    ftp.tunnel(Fallback.NONE);

    ftp.awaitEnd(0, "ended upstream-failed");
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

    ftp.awaitEnd(0, "ended upstream-aborted");
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
    ftp.awaitEnd(0, "ended upstream-aborted");
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

  @Test
  void aClientThatGoesAwayWhileTheTunnelIsMadeLeavesNothingBehind() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    client.reset();

    ftp.awaitEnd(0, "ended client-aborted");
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
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
    ftp.awaitEnd(0, "ended upstream-failed");
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
    ftp.awaitEnd(0, "ended timed-out");
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
