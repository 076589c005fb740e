package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.PamService;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TemporaryAccount;
import culvert.it.peers.TestAccount;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import culvert.testing.EmbeddedSshServer.Silence;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DESIGN's failure table: what the client sees, with {@code fallback: none} and {@code plain}. */
class FailureTableIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");

  @RegisterExtension final Peers peers = new Peers();
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;

  @BeforeEach
  void start() throws IOException {
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), USERS));
    sshServer = peers.add(EmbeddedSshServer.start(USERS));
  }

  @Test
  void anSshServerThatRefusesIsATrueSocksFailure() throws Exception {
    try (Culvert culvert = Culvert.start(config())) {
      sshServer.stop();
      assertThat(culvert.socks().code("127.0.0.1", ftpServer.port())).isEqualTo(5);

      Run<String> run = curl(culvert).text(url());
      assertThat(run.exitCode()).isEqualTo(97);
      assertThat(run.errors())
          .startsWith("curl: (97) ")
          .containsIgnoringCase("complete SOCKS5 connection to 127.0.0.1. (5)");
    }
  }

  @Test
  void anSshServerWhoseNameIsUnknownIsATrueSocksFailure() throws Exception {
    TestConfig config = config().profile("host", "nowhere.invalid");
    try (Culvert culvert = Culvert.start(config)) {
      assertThat(culvert.socks().code("127.0.0.1", ftpServer.port())).isEqualTo(4);
    }
  }

  @Test
  void aBlockedDestinationIsNotAllowed() throws Exception {
    TestConfig config = config().rule("action", "block");
    try (Culvert culvert = Culvert.start(config)) {
      assertThat(culvert.socks().code("127.0.0.1", ftpServer.port())).isEqualTo(2);
    }
  }

  static Stream<Arguments> silences() {
    return Stream.of(
        arguments(Silence.BEFORE_BANNER, "no SSH key exchange within 2000 ms"),
        arguments(Silence.DURING_KEY_EXCHANGE, "no SSH key exchange within 2000 ms"),
        arguments(Silence.DURING_LOGIN, "no login within 2000 ms"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("silences")
  void aSilentSshServerEndsTheSessionWith421(Silence silence, String reason) throws Exception {
    sshServer.silence(silence);
    try (Culvert culvert = Culvert.start(impatient(silence));
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret"))
          .isEqualTo("421 culvert: ssh server 127.0.0.1:" + sshServer.port() + ": " + reason);
      assertThat(ftp.atEnd()).isTrue();
      assertThat(ftpServer.connections()).isEmpty();
    }
  }

  @Test
  void aServerThatIsNoSshServerEndsTheSessionWith421() throws Exception {
    TestConfig config = config().profile("port", ftpServer.port());
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret"))
          .startsWith("421 culvert: ssh server 127.0.0.1:" + ftpServer.port() + ": ");
      assertThat(ftp.atEnd()).isTrue();
    }
  }

  @Test
  void aServerThatForbidsForwardingEndsTheSessionWith421() throws Exception {
    sshServer.forwarding(false);
    try (Culvert culvert = Culvert.start(config());
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret"))
          .startsWith(
              "421 culvert: channel to 127.0.0.1:"
                  + ftpServer.port()
                  + " refused: administratively prohibited: ");
      assertThat(ftp.atEnd()).isTrue();
    }
  }

  @Test
  void anFtpServerThatIsDownBehindTheTunnelEndsTheSessionWith421() throws Exception {
    try (Culvert culvert = Culvert.start(config())) {
      ftpServer.stop();
      try (FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
        assertThat(ftp.reply()).startsWith("220 ");
        assertThat(ftp.login("amy", "secret"))
            .startsWith(
                "421 culvert: channel to 127.0.0.1:"
                    + ftpServer.port()
                    + " refused: connect failed: ");
        assertThat(ftp.atEnd()).isTrue();
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(value = Silence.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aSilentSshServerFallsBackToPlaintext(Silence silence) throws Exception {
    sshServer.silence(silence);
    try (Culvert culvert = Culvert.start(impatient(silence).rule("fallback", "plain"))) {
      transfersInPlaintext(culvert);
    }
  }

  @Test
  void anSshServerThatIsDownFallsBackToPlaintext() throws Exception {
    try (Culvert culvert = Culvert.start(config().rule("fallback", "plain"))) {
      sshServer.stop();
      transfersInPlaintext(culvert);
    }
  }

  @Test
  void forbiddenForwardingFallsBackToPlaintext() throws Exception {
    sshServer.forwarding(false);
    try (Culvert culvert = Culvert.start(config().rule("fallback", "plain"))) {
      transfersInPlaintext(culvert);
    }
  }

  @Test
  void aTargetThatOnlyTheSshServerCannotReachFallsBackToPlaintext() throws Exception {
    TestConfig config =
        config().rule("target", "\"127.0.0.1:" + FreePorts.next() + "\"").rule("fallback", "plain");
    try (Culvert culvert = Culvert.start(config)) {
      transfersInPlaintext(culvert);
    }
  }

  @Test
  void aRefusedSshLoginFallsBackToPlaintext() throws Exception {
    EmbeddedSshServer strict = EmbeddedSshServer.start(Map.of());
    try (strict;
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(
                        peers.directory(), strict.port(), ftpServer.port(), strict.knownHostsLine())
                    .rule("fallback", "plain"))) {
      transfersInPlaintext(culvert);
      assertThat(strict.attempts()).isNotEmpty();
    }
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void anExpiredPasswordIsA530ThatSaysSoAndNeverPlaintext(String fallback) throws Exception {
    sshServer.expirePasswords();
    TestConfig config = config().profile("authentication", "password").rule("fallback", fallback);
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret"))
          .isEqualTo(
              "530 culvert: SSH login as amy at 127.0.0.1 not finished:"
                  + " password: expired: the server wants it changed first");
      assertThat(sshServer.attempts()).hasSize(1);
      assertThat(ftpServer.connections()).isEmpty();
    }
  }

  @Test
  void anExpiredPasswordAtAHopIsA530ThatSaysSoAndNeverPlaintext() throws Exception {
    try (EmbeddedSshServer hop = EmbeddedSshServer.start(USERS)) {
      hop.expirePasswords();
      TestConfig config =
          TestConfig.tunnel(
                  peers.directory(),
                  sshServer.port(),
                  ftpServer.port(),
                  sshServer.knownHostsLine(),
                  hop.knownHostsLine())
              .profile("proxy-jump", "hop")
              .alsoProfile(
                  "hop",
                  "host: 127.0.0.1, port: %d, authentication: password, known-hosts: %s"
                      .formatted(hop.port(), peers.directory().resolve("known_hosts")))
              .rule("fallback", "plain");
      try (Culvert culvert = Culvert.start(config);
          FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
        assertThat(ftp.reply()).startsWith("220 ");
        assertThat(ftp.login("amy", "secret")).startsWith("530 culvert: ").contains("expired");
        assertThat(sshServer.attempts()).isEmpty();
        assertThat(ftpServer.connections()).isEmpty();
      }
    }
  }

  @Test
  @RealPeers
  void anExpiredPasswordThatARealSshdWantsChangedIsNeverPlaintext() throws Exception {
    try (PamService pam =
            PamService.create(
                "auth required pam_unix.so",
                "account required pam_debug.so acct=new_authtok_reqd",
                "password required pam_unix.so",
                "session required pam_permit.so");
        RealSshd sshd =
            RealSshd.startWith(
                pam,
                "UsePAM yes",
                "KbdInteractiveAuthentication yes",
                "PasswordAuthentication no");
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(
                        peers.directory(), sshd.port(), vsftpd.port(), sshd.knownHostsLine())
                    .rule("fallback", "plain"));
        FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
          .isEqualTo(
              "530 culvert: SSH login as culvert-test at 127.0.0.1 not finished:"
                  + " keyboard-interactive: server asks for more than the password:"
                  + " acct=new_authtok_reqd Changing password for culvert-test. Current password:");
      assertThat(vsftpd.controlConnections()).isZero();
    }
  }

  /** By the method password sshd lets such an account in, says so before, and forbids channels. */
  @Test
  @RealPeers
  void anExpiredPasswordWithWhichARealSshdLetsInIsNeverPlaintext() throws Exception {
    try (TemporaryAccount account = TemporaryAccount.create();
        PamService pam =
            PamService.create(
                "auth required pam_unix.so",
                "account required pam_unix.so",
                "password required pam_unix.so",
                "session required pam_permit.so");
        RealSshd sshd =
            RealSshd.startWith(
                pam,
                "UsePAM yes",
                "AllowUsers " + account.user(),
                "KbdInteractiveAuthentication no",
                "PasswordAuthentication yes");
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(
                        peers.directory(), sshd.port(), vsftpd.port(), sshd.knownHostsLine())
                    .profile("authentication", "[password]")
                    .rule("fallback", "plain"))) {
      account.expirePassword();
      try (FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
        assertThat(ftp.reply()).startsWith("220 ");
        assertThat(ftp.login(account.user(), account.password()))
            .startsWith("530 culvert: channel to 127.0.0.1:" + vsftpd.port() + " refused: ")
            .contains(", and at the login the server said: ")
            .contains("required to change your password");
        assertThat(sshd.log()).contains("Accepted password for " + account.user());
        assertThat(vsftpd.controlConnections()).isZero();
      }
    }
  }

  @Test
  void anonymousFtpHasNothingToLogInWithAndFallsBackWithoutTryingSsh() throws Exception {
    try (Culvert culvert = Culvert.start(config().rule("fallback", "plain"));
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("anonymous", "me@example.org")).startsWith("530 ");
      assertThat(ftpServer.connections()).hasSize(1);
      assertThat(sshServer.attempts()).isEmpty();
    }
  }

  @Test
  void everythingDownUnderFallbackPlainIsATrueSocksFailure() throws Exception {
    try (Culvert culvert = Culvert.start(config().rule("fallback", "plain"))) {
      sshServer.stop();
      ftpServer.stop();
      assertThat(culvert.socks().code("127.0.0.1", ftpServer.port())).isEqualTo(5);
    }
  }

  @Test
  void aDownFtpServerUnderFallbackPlainEndsTheSessionWith421() throws Exception {
    try (Culvert culvert = Culvert.start(config().rule("fallback", "plain"))) {
      ftpServer.stop();
      try (FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
        assertThat(ftp.reply()).startsWith("220 ");
        assertThat(ftp.login("amy", "secret"))
            .startsWith("421 culvert: ")
            .contains("127.0.0.1:" + ftpServer.port());
        assertThat(ftp.atEnd()).isTrue();
      }
    }
  }

  @Test
  void aReasonThatIsTakenOutOfFallbackOnDoesNotFallBack() throws Exception {
    sshServer.forwarding(false);
    TestConfig config =
        config().rule("fallback", "plain").rule("fallback-on", "[unreachable, auth-failed]");
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      ftp.reply();
      assertThat(ftp.login("amy", "secret")).startsWith("421 culvert: ");
      assertThat(ftpServer.connections()).isEmpty();
    }
  }

  @RealPeers
  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void realSshdThatForbidsForwarding(String fallback) throws Exception {
    try (RealSshd sshd = RealSshd.start("AllowTcpForwarding no");
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(
                        peers.directory(), sshd.port(), vsftpd.port(), sshd.knownHostsLine())
                    .rule("fallback", fallback));
        FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      String reply = ftp.login(TestAccount.USER, TestAccount.password());
      if (fallback.equals("plain")) {
        assertThat(reply).isEqualTo("230 Login successful.");
      } else {
        assertThat(reply)
            .isEqualTo(
                "421 culvert: channel to 127.0.0.1:"
                    + vsftpd.port()
                    + " refused: administratively prohibited: open failed");
        assertThat(ftp.atEnd()).isTrue();
        assertThat(vsftpd.controlConnections()).isZero();
      }
    }
  }

  @RealPeers
  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void anFtpServerThatIsDownBehindRealSshd(String fallback) throws Exception {
    int closed = FreePorts.next();
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(peers.directory(), sshd.port(), closed, sshd.knownHostsLine())
                    .rule("fallback", fallback));
        FtpDialogue ftp = culvert.ftp(closed)) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
          .startsWith("421 culvert: ")
          .contains("127.0.0.1:" + closed);
      assertThat(ftp.atEnd()).isTrue();
    }
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void anSshServerThatDropsPackets(String fallback) throws Exception {
    try (BlackHole blackHole = BlackHole.open();
        Culvert culvert =
            Culvert.start(
                config()
                    .profile("port", blackHole.port())
                    .profile("connect-timeout", "200ms")
                    .rule("fallback", fallback))) {
      if (fallback.equals("plain")) {
        transfersInPlaintext(culvert);
      } else {
        assertThat(culvert.socks().code("127.0.0.1", ftpServer.port())).isEqualTo(6);
      }
    }
  }

  private void transfersInPlaintext(Culvert culvert) throws IOException {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 300_000);

    Run<String> up = curl(culvert).text("--upload-file", file.path().toString(), url() + "file");
    Run<Sha256> down = curl(culvert).digest(url() + "file");

    assertThat(up).isEqualTo(new Run<>(0, "", ""));
    assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(ftpServer.connections()).hasSize(2);
  }

  private CurlClient curl(Culvert culvert) {
    return CurlClient.through("--socks5-hostname", culvert.port(), "amy", "secret");
  }

  private String url() {
    return "ftp://127.0.0.1:" + ftpServer.port() + "/";
  }

  /** With two seconds for what will not happen, and time enough for what comes before. */
  private TestConfig impatient(Silence silence) throws IOException {
    boolean connects = silence == Silence.DURING_LOGIN;
    return config().profile(connects ? "login-timeout" : "connect-timeout", "2s");
  }

  private TestConfig config() throws IOException {
    return TestConfig.tunnel(
        peers.directory(), sshServer.port(), ftpServer.port(), sshServer.knownHostsLine());
  }
}
