package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins: to sshd with what the client sent or with a key, to the FTP server with what it sent. */
@AnyTransport
class LoginIT {
  private static final Map<String, String> USERS =
      Map.of("amy", "secret", "bob b", "sp  ace", "d\u00f6rte", "gr\u00fc\u00dfe");

  @TempDir Path directory;

  @RealPeers
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void thePasswordOfTheFtpDialogueOpensTheTunnel(String method) throws Exception {
    boolean interactive = method.equals("keyboard-interactive");
    try (RealSshd sshd =
            RealSshd.start(
                "PasswordAuthentication " + (interactive ? "no" : "yes"),
                "KbdInteractiveAuthentication " + (interactive ? "yes" : "no"),
                "UsePAM " + (interactive ? "yes" : "no"));
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
                    .profile("authentication", "[" + method + "]"));
        FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
          .isEqualTo("230 Login successful.");
      assertThat(sshd.log())
          .contains(
              "Accepted "
                  + (interactive ? "keyboard-interactive/pam" : "password")
                  + " for "
                  + TestAccount.USER);
    }
  }

  @Test
  @RealPeers
  void aKeyOpensTheTunnelAndTheGreetingIsTheServersOwn() throws Exception {
    Path key = newKey("");
    try (RealSshd sshd = RealSshd.start("PasswordAuthentication no");
        RealVsftpd vsftpd = RealVsftpd.start("ftpd_banner=The real greeting");
        Culvert culvert =
            Culvert.start(keyConfig(sshd, vsftpd, key).profile("user", TestAccount.USER))) {
      sshd.authorize(Files.readString(Path.of(key + ".pub")).strip());

      try (FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
        assertThat(ftp.reply()).isEqualTo("220 The real greeting");
        assertThat(ftp.send("USER " + TestAccount.USER))
            .isEqualTo("331 Please specify the password.");
        assertThat(ftp.send("PASS wrong")).isEqualTo("530 Login incorrect.");
        assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
            .isEqualTo("230 Login successful.");
      }
      assertThat(sshd.log()).contains("Accepted publickey for " + TestAccount.USER);
    }
  }

  @Test
  @RealPeers
  void aKeyWithAPassphraseAndTheUserNameOfTheFtpDialogueOpenTheTunnel() throws Exception {
    Path key = newKey("tr\u00e8s secret");
    Path passphrase = directory.resolve("passphrase");
    Files.writeString(passphrase, "tr\u00e8s secret\n");
    try (RealSshd sshd = RealSshd.start("PasswordAuthentication no");
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                keyConfig(sshd, vsftpd, key)
                    .profile("identity-passphrase", "\"${file:" + passphrase + "}\""))) {
      sshd.authorize(Files.readString(Path.of(key + ".pub")).strip());
      Path home = TestAccount.newDirectory();
      TestFile file = TestFile.create(home.resolve("file"), 200_000);

      Run<Sha256> run =
          CurlClient.through(
                  "--socks5-hostname", culvert.port(), TestAccount.USER, TestAccount.password())
              .digest("ftp://127.0.0.1:" + vsftpd.port() + "/" + home.getFileName() + "/file");
      TestAccount.delete(home);

      assertThat(run).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(sshd.log()).contains("Accepted publickey for " + TestAccount.USER);
    }
  }

  @Test
  @RealPeers
  void aWrongPasswordIsCurlsLoginErrorAndNothingReachesTheFtpServer() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine()))) {
      Run<String> run =
          CurlClient.through("--socks5-hostname", culvert.port(), TestAccount.USER, "wrong")
              .text("ftp://127.0.0.1:" + vsftpd.port() + "/");

      assertThat(run.exitCode()).isEqualTo(67);
      assertThat(run.errors()).isEqualToIgnoringNewLines("curl: (67) Access denied: 530");
      assertThat(sshd.directTcpipTargets()).isEmpty();
      assertThat(vsftpd.controlConnections()).isZero();
    }
  }

  @Test
  void a530LeavesTheControlConnectionUsable() throws Exception {
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
        EmbeddedSshServer sshServer = EmbeddedSshServer.start(USERS);
        Culvert culvert = Culvert.start(config(sshServer, ftpServer));
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "wrong"))
          .isEqualTo("530 culvert: SSH login as amy at 127.0.0.1 refused");
      assertThat(ftp.login("amy", "wrong too"))
          .isEqualTo("530 culvert: SSH login as amy at 127.0.0.1 refused");
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      assertThat(ftp.send("PWD")).startsWith("257 ");
      assertThat(ftpServer.connections()).hasSize(1);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"bob b", "d\u00f6rte"})
  void namesAndPasswordsArriveByteForByteAtBothServers(String user) throws Exception {
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
        EmbeddedSshServer sshServer = EmbeddedSshServer.start(USERS);
        Culvert culvert = Culvert.start(config(sshServer, ftpServer))) {
      Run<String> run =
          CurlClient.through("--socks5-hostname", culvert.port(), user, USERS.get(user))
              .text("--list-only", "ftp://127.0.0.1:" + ftpServer.port() + "/");

      assertThat(run).isEqualTo(new Run<>(0, "", ""));
      assertThat(sshServer.attempts())
          .last()
          .isEqualTo(new EmbeddedSshServer.Attempt(user, "password", true));
    }
  }

  private TestConfig config(EmbeddedSshServer sshServer, EmbeddedFtpServer ftpServer)
      throws Exception {
    return TestConfig.tunnel(
            directory, sshServer.port(), ftpServer.port(), sshServer.knownHostsLine())
        .profile("authentication", "[keyboard-interactive, password]");
  }

  private TestConfig keyConfig(RealSshd sshd, RealVsftpd vsftpd, Path key) throws Exception {
    return TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
        .profile("authentication", "[publickey]")
        .profile("identity-file", key);
  }

  private Path newKey(String passphrase) {
    Path key = directory.resolve("id");
    Run<String> run =
        Run.text(
            Duration.ofSeconds(20),
            List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", key.toString()));
    assertThat(run.exitCode()).as(run.errors()).isZero();
    return key;
  }
}
