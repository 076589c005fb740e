package culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.PamService;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No password in any log line, whatever the level, the outcome and the spelling. */
@RealPeers
@AnyTransport
class CanaryIT {
  private static final String WRONG = "canary-of-a-wrong-password";
  private static final String SOCKS = "canary-of-the-socks-user";
  private static final String PASSPHRASE = "canary-of-the-passphrase";

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void neitherGoodNorBadLoginsLeaveAPasswordInTheLog(String method) throws Exception {
    boolean interactive = method.equals("keyboard-interactive");
    try (RealSshd sshd =
            RealSshd.start(
                "KbdInteractiveAuthentication " + (interactive ? "yes" : "no"),
                "UsePAM " + (interactive ? "yes" : "no"));
        RealVsftpd vsftpd = RealVsftpd.start()) {
      TestConfig config =
          TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
              .profile("authentication", "[" + method + "]")
              .rule("fallback", "plain")
              .rule("fallback-on", "[unreachable]");
      try (CulvertProcess culvert = run(config)) {
        Run<String> good = list(culvert, vsftpd, TestAccount.password());
        Run<String> bad = list(culvert, vsftpd, WRONG);
        sshd.stop();
        Run<String> plain = list(culvert, vsftpd, TestAccount.password());

        assertThat(good.exitCode()).as(good.errors()).isZero();
        assertThat(bad.exitCode()).as(bad.errors()).isEqualTo(67);
        assertThat(plain.exitCode()).as(plain.errors()).isZero();
        assertThat(culvert.log()).contains("DEBUG", TestAccount.USER);
        assertNoCanary(culvert.log(), TestAccount.password());
        assertNoCanary(culvert.log(), WRONG);
        Path trail = directory.resolve("state").resolve("audit.jsonl");
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> AuditTrails.events(trail, "job.ended").size() == 3);
        assertNoCanary(Files.readString(trail), TestAccount.password());
        assertNoCanary(Files.readString(trail), WRONG);
      }
    }
  }

  /** The command line never sets libraries to TRACE; whoever embeds the proxy may. */
  @Test
  void packetsAreNotDumpedWhenEveryLoggerIsAtTrace() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start();
        CapturedLog log = CapturedLog.atTrace();
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine()))) {
      for (String password : new String[] {TestAccount.password(), WRONG}) {
        CurlClient.through("--socks5-hostname", culvert.port(), TestAccount.USER, password)
            .text("--list-only", url(vsftpd));
      }
      assertThat(log.text()).contains("TRACE", "230 ****", "refused");
      assertNoCanary(log.text(), TestAccount.password());
      assertNoCanary(log.text(), WRONG);
    }
  }

  /** As a PAM module may that somebody has for debugging. */
  @Test
  void whatSshdSaysWithThePasswordInItIsNotRepeated() throws Exception {
    try (PamService pam =
            PamService.create(
                "auth required pam_unix.so",
                "auth optional pam_exec.so expose_authtok stdout /bin/cat",
                "account required pam_permit.so",
                "session required pam_permit.so");
        RealSshd sshd =
            RealSshd.startWith(
                pam, "UsePAM yes", "KbdInteractiveAuthentication no", "AllowTcpForwarding no");
        RealVsftpd vsftpd = RealVsftpd.start();
        CulvertProcess culvert =
            run(
                TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
                    .profile("authentication", "[password]"));
        FtpDialogue ftp = Socks5.through(culvert.port()).ftp("127.0.0.1", vsftpd.port())) {
      ftp.reply();
      assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
          .startsWith("530 culvert: channel to 127.0.0.1:" + vsftpd.port() + " refused: ")
          .endsWith("at the login the server said: (not repeated: it might hold the password)");
      assertNoCanary(culvert.log(), TestAccount.password());
    }
  }

  @Test
  void theSecretsOfTheConfigurationAreNotInTheLog() throws Exception {
    Path passphrase = Files.writeString(directory.resolve("passphrase"), PASSPHRASE);
    Path key = encryptedKey();
    try (RealSshd sshd = RealSshd.start("PasswordAuthentication no");
        RealVsftpd vsftpd = RealVsftpd.start()) {
      sshd.authorize(Files.readString(Path.of(key + ".pub")).strip());
      TestConfig config =
          TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
              .listener("socks: 127.0.0.1:0, users: { batch: " + SOCKS + " }")
              .profile("authentication", "[publickey]")
              .profile("identity-file", key)
              .profile("identity-passphrase", "\"${file:" + passphrase + "}\"");
      try (CulvertProcess culvert = run(config)) {
        Run<String> good =
            curl(culvert, TestAccount.password())
                .with("--proxy-user", "batch:" + SOCKS)
                .text("--list-only", url(vsftpd));
        Run<String> bad =
            curl(culvert, TestAccount.password())
                .with("--proxy-user", "batch:" + WRONG)
                .text("--list-only", url(vsftpd));

        assertThat(good.exitCode()).as(good.errors()).isZero();
        assertThat(bad.exitCode()).as(bad.errors()).isEqualTo(97);
        for (String canary : new String[] {SOCKS, WRONG, PASSPHRASE, TestAccount.password()}) {
          assertNoCanary(culvert.log(), canary);
        }
      }
    }
  }

  @Test
  void aPasswordInTheWrongPlaceIsNotInTheLogEither() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start();
        CulvertProcess culvert =
            run(TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine()))) {
      try (FtpDialogue ftp = Socks5.through(culvert.port()).ftp("127.0.0.1", vsftpd.port())) {
        ftp.reply();
        assertThat(ftp.send("PASS " + WRONG)).startsWith("503 ");
        assertThat(ftp.send("pass  " + WRONG)).startsWith("503 ");
        ftp.send("ACCT " + WRONG);
        assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
        ftp.send("PASS " + WRONG); // after the login, when everything is only relayed
      }
      assertNoCanary(culvert.log(), WRONG);
      assertNoCanary(culvert.log(), TestAccount.password());
    }
  }

  /** What an operator sees beside the log, while a session lives and when logins have failed. */
  @Test
  void metricsHealthAndThreadNamesTellNoSecret() throws Exception {
    Path passphrase = Files.writeString(directory.resolve("passphrase"), PASSPHRASE);
    Path key = encryptedKey();
    AdminPort admin = new AdminPort(FreePorts.next());
    try (RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start();
        CulvertProcess culvert =
            run(
                TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
                    .profile("authentication", "[publickey, keyboard-interactive, password]")
                    .profile("identity-file", key) // which the server does not know
                    .profile("identity-passphrase", "\"${file:" + passphrase + "}\"")
                    .top("admin", admin));
        FtpDialogue good = Socks5.through(culvert.port()).ftp("127.0.0.1", vsftpd.port());
        FtpDialogue bad = Socks5.through(culvert.port()).ftp("127.0.0.1", vsftpd.port())) {
      good.reply();
      assertThat(good.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      bad.reply();
      assertThat(bad.login(TestAccount.USER, WRONG)).startsWith("530 ");

      String metrics = admin.scrape().text();
      assertThat(metrics).contains("culvert_");
      String health = admin.get("/health").body();
      assertThat(health).contains("status");
      Run<String> threads =
          Run.text(
              Duration.ofSeconds(60),
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(culvert.pid()),
                  "Thread.print"));
      assertThat(threads.output()).contains("culvert");
      for (String shown : List.of(metrics, health, threads.output(), culvert.log())) {
        for (String canary : List.of(TestAccount.password(), WRONG, PASSPHRASE)) {
          assertNoCanary(shown, canary);
        }
      }
    }
  }

  private Path encryptedKey() throws Exception {
    Path key = directory.resolve("id");
    Run<String> keygen =
        Run.text(
            Duration.ofSeconds(20),
            List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", PASSPHRASE, "-f", key.toString()));
    assertThat(keygen.exitCode()).as(keygen.errors()).isZero();
    return key;
  }

  /** In clear, as hex digits with or without separators, and in Base64. */
  private static void assertNoCanary(String log, String canary) {
    byte[] bytes = canary.getBytes(UTF_8);
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    String digits = log.toLowerCase(Locale.ROOT).replaceAll("[ :]", "");
    assertThat(log).doesNotContain(canary).doesNotContain(base64.substring(0, base64.length() - 1));
    assertThat(digits).doesNotContain(HexFormat.of().formatHex(bytes));
    // a hex dump breaks its lines anywhere: half a password is enough to find it
    assertThat(digits).doesNotContain(HexFormat.of().formatHex(bytes, 0, bytes.length / 2));
    assertThat(digits)
        .doesNotContain(HexFormat.of().formatHex(bytes, bytes.length / 2, bytes.length));
  }

  private CulvertProcess run(TestConfig config) throws Exception {
    return CulvertProcess.run(config.write(), directory.resolve("log"), "-vv");
  }

  private Run<String> list(CulvertProcess culvert, RealVsftpd vsftpd, String password) {
    return curl(culvert, password).text("--list-only", url(vsftpd));
  }

  private static CurlClient curl(CulvertProcess culvert, String password) {
    return CurlClient.through("--socks5-hostname", culvert.port(), TestAccount.USER, password);
  }

  private static String url(RealVsftpd vsftpd) {
    return "ftp://127.0.0.1:" + vsftpd.port() + "/";
  }
}
