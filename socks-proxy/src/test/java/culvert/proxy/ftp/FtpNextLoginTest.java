package culvert.proxy.ftp;

import static culvert.proxy.ftp.FtpFixture.logIn;
import static culvert.proxy.ftp.FtpFixture.serveLogin;
import static culvert.proxy.ftp.FtpFixture.serveUser;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FallbackReason;
import culvert.config.SshUser;
import culvert.proxy.TestProfiles;
import culvert.ssh.SshFailure;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another login on a control connection that has had one. */
class FtpNextLoginTest {
  @RegisterExtension final FtpFixture ftp = new FtpFixture();

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
}
