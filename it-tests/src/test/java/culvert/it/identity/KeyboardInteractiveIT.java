package culvert.it.identity;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.PamService;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.TestAccount;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What sshd asks on behalf of PAM. */
@RealPeers
@Timeout(120)
@AnyTransport
class KeyboardInteractiveIT {
  private static final String[] OPTIONS = {
    "UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication no"
  };
  private static final String PASSWORD = "auth required pam_unix.so";
  private static final String ACCOUNT = "account required pam_permit.so";
  private static final String SESSION = "session required pam_permit.so";

  /** Asks by itself, whatever the modules before it know. */
  private static final String SECOND_QUESTION = "auth required pam_userdb.so db=/nonexistent";

  @TempDir Path directory;
  private Optional<SshException> outcome = Optional.empty();
  private String course = "";

  private void logIn(String password, String... service) throws Exception {
    try (PamService pam = PamService.create(service);
        RealSshd sshd = RealSshd.startWith(pam, OPTIONS);
        Logins logins = new Logins(sshd, directory)) {
      outcome = logins.logInWithPassword(password, "authentication: [keyboard-interactive]");
      course = logins.course();
    }
  }

  @Test
  void onePasswordIsAnswered() throws Exception {
    logIn(TestAccount.password(), PASSWORD, ACCOUNT, SESSION);

    assertThat(outcome).isEmpty();
    assertThat(course).contains("keyboard-interactive: accepted");
  }

  @Test
  void oneThatIsWrongIsARefusal() throws Exception {
    logIn("wrong", PASSWORD, ACCOUNT, SESSION);

    assertThat(outcome).map(SshException::failure).contains(SshFailure.AUTH_FAILED);
    assertThat(course).contains("keyboard-interactive: refused");
  }

  @Test
  void wordsWithoutAQuestionAreNoObstacle() throws Exception {
    logIn(
        TestAccount.password(),
        "auth optional pam_echo.so Authorized users only.",
        PASSWORD,
        "auth optional pam_echo.so Thank you.",
        ACCOUNT,
        SESSION);

    assertThat(outcome).isEmpty();
  }

  @Test
  void aSecondQuestionGetsNoPassword() throws Exception {
    logIn(TestAccount.password(), PASSWORD, SECOND_QUESTION, ACCOUNT, SESSION);

    assertThat(outcome).map(SshException::failure).contains(SshFailure.LOGIN_UNFINISHED);
    assertThat(course).contains("keyboard-interactive: server asks for more than the password");
  }

  @Test
  void anExpiredPasswordIsNotChanged() throws Exception {
    logIn(
        TestAccount.password(),
        PASSWORD,
        "account required pam_debug.so acct=new_authtok_reqd",
        "password required pam_unix.so",
        SESSION);

    assertThat(outcome).map(SshException::failure).contains(SshFailure.LOGIN_UNFINISHED);
    assertThat(course).contains("keyboard-interactive: server asks for more than the password");
  }
}
