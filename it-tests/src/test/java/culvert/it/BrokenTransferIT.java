package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transfer that does not end well ends in a reset, and the control connection says why. */
@RealPeers
class BrokenTransferIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Path home;
  private RealSshd sshd;
  private RealVsftpd vsftpd;

  @BeforeEach
  void start() throws IOException {
    home = TestAccount.newDirectory();
    sshd = RealSshd.start();
    vsftpd = RealVsftpd.start();
  }

  @AfterEach
  void stop() throws IOException {
    vsftpd.close();
    sshd.close();
    TestAccount.delete(home);
  }

  @Test
  void whenTheSshSessionDiesDataIsResetAndControlSays421() throws Exception {
    TestFile.create(home.resolve("file"), 50L * TestFile.MIB);
    try (Culvert culvert = Culvert.start(config());
        FtpDialogue ftp = login(culvert);
        Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort())) {
      assertThat(ftp.send("RETR " + home.getFileName() + "/file")).startsWith("150 ");
      assertThat(data.getInputStream().readNBytes(100_000)).hasSize(100_000);

      sshd.killSessions();

      assertThat(ftp.reply()).startsWith("421 culvert: ssh server 127.0.0.1:" + sshd.port() + ": ");
      assertThat(ftp.atEnd()).isTrue();
      assertThatThrownBy(() -> data.getInputStream().readAllBytes())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void anUploadThatTheClientBreaksOffIs426AndTheServerIsTold() throws Exception {
    try (Culvert culvert = Culvert.start(config());
        FtpDialogue ftp = login(culvert)) {
      Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("STOR " + home.getFileName() + "/file")).startsWith("150 ");
      OutputStream out = data.getOutputStream();
      out.write(new byte[200_000]);
      arrives(home.resolve("file"));
      data.setSoLinger(true, 0);
      data.close();

      assertThat(ftp.reply()).startsWith("426 ");
      assertThat(ftp.send("NOOP")).startsWith("200 ");
      assertThat(vsftpd.log()).contains("\"ABOR\"");
    }
  }

  @Test
  void aDownloadThatTheClientBreaksOffLeavesTheControlConnectionUsable() throws Exception {
    TestFile file = TestFile.create(home.resolve("file"), 50L * TestFile.MIB);
    try (Culvert culvert = Culvert.start(config());
        FtpDialogue ftp = login(culvert)) {
      Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("RETR " + home.getFileName() + "/file")).startsWith("150 ");
      assertThat(data.getInputStream().readNBytes(100_000)).hasSize(100_000);
      data.setSoLinger(true, 0);
      data.close();
      assertThat(ftp.reply()).startsWith("426 ");

      Socket again = culvert.socks().connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("RETR " + home.getFileName() + "/file")).startsWith("150 ");
      assertThat(Sha256.of(again.getInputStream())).isEqualTo(file.content());
      assertThat(ftp.reply()).startsWith("226 ");
    }
  }

  @Test
  void aFrozenSshServerIsNoticedByItsSilence() throws Exception {
    TestFile file = TestFile.create(home.resolve("file"), 300L * TestFile.MIB);
    Path copy = directory.resolve("copy");
    TestConfig config =
        config().profile("server-alive-interval", "1s").profile("server-alive-count-max", 2);
    try (Culvert culvert = Culvert.start(config)) {
      CompletableFuture<Run<String>> job =
          CompletableFuture.supplyAsync(
              () ->
                  curl(culvert)
                      .text("--output", copy.toString(), "--limit-rate", "50M", url("file")));
      arrives(copy);
      sshd.freezeSessions();
      Run<String> run = job.get(30, TimeUnit.SECONDS);
      sshd.thawSessions();

      assertThat(run.exitCode()).isNotZero();
      assertThat(Files.size(copy)).isLessThan(file.content().length());
    }
  }

  @Test
  void aPauseOfTheSshServerIsWaitedOut() throws Exception {
    TestFile file = TestFile.create(home.resolve("file"), 300L * TestFile.MIB);
    Path copy = directory.resolve("copy");
    try (Culvert culvert = Culvert.start(config())) {
      CompletableFuture<Run<String>> job =
          CompletableFuture.supplyAsync(
              () -> curl(culvert).text("--output", copy.toString(), url("file")));
      arrives(copy);
      sshd.freezeSessions();
      staysAsItIs(copy);
      sshd.thawSessions();

      assertThat(job.get(60, TimeUnit.SECONDS)).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(copy)).isEqualTo(file.content());
    }
  }

  @Test
  void keysAreExchangedAgainAndAgainInTheMiddleOfTransfers() throws Exception {
    TestFile file = TestFile.create(home.resolve("file"), 3L * TestFile.MIB);
    try (RealSshd rekeying = RealSshd.start("RekeyLimit 64K");
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(
                    directory, rekeying.port(), vsftpd.port(), rekeying.knownHostsLine()))) {
      Run<Sha256> down = curl(culvert).digest(url("file"));
      Run<String> up = curl(culvert).text("--upload-file", file.path().toString(), url("arrived"));

      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(home.resolve("arrived"))).isEqualTo(file.content());
      assertThat(rekeying.count("SSH2_MSG_KEXINIT received")).isGreaterThan(20);
    }
  }

  private TestConfig config() throws IOException {
    return TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine());
  }

  private FtpDialogue login(Culvert culvert) throws IOException {
    FtpDialogue ftp = culvert.ftp(vsftpd.port());
    assertThat(ftp.reply()).startsWith("220 ");
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
    assertThat(ftp.send("TYPE I")).startsWith("200 ");
    return ftp;
  }

  private CurlClient curl(Culvert culvert) {
    return CurlClient.through(
        "--socks5-hostname", culvert.port(), TestAccount.USER, TestAccount.password());
  }

  private String url(String name) {
    return "ftp://127.0.0.1:" + vsftpd.port() + "/" + home.getFileName() + "/" + name;
  }

  private static void staysAsItIs(Path file) {
    AtomicLong length = new AtomicLong(-1);
    Awaitility.await("no more bytes in " + file)
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> length.getAndSet(Files.size(file)) == Files.size(file));
  }

  private static void arrives(Path file) {
    Awaitility.await("the first bytes of " + file)
        .atMost(DEADLINE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> Files.exists(file) && Files.size(file) > 0);
  }
}
