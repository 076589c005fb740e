package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A transfer that does not end well ends in a reset, and the control connection says why. */
@RealPeers
class BrokenTransferIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  @Test
  void whenTheSshSessionDiesDataIsResetAndControlSays421() throws Exception {
    TestFile.create(peers.home().resolve("file"), 50L * TestFile.MIB);
    try (Culvert culvert = Culvert.start(peers.config());
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort())) {
      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      assertThat(data.getInputStream().readNBytes(100_000)).hasSize(100_000);

      peers.sshd().killSessions();

      assertThat(ftp.reply())
          .startsWith("421 culvert: ssh server 127.0.0.1:" + peers.sshd().port() + ": ");
      assertThat(ftp.atEnd()).isTrue();
      assertThatThrownBy(() -> data.getInputStream().readAllBytes())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void anUploadThatTheClientBreaksOffIs426AndTheServerIsTold() throws Exception {
    try (Culvert culvert = Culvert.start(peers.config());
        FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
      Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("STOR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      OutputStream out = data.getOutputStream();
      out.write(new byte[200_000]);
      arrives(peers.home().resolve("file"));
      data.setSoLinger(true, 0);
      data.close();

      assertThat(ftp.reply()).startsWith("426 ");
      assertThat(ftp.send("NOOP")).startsWith("200 ");
      assertThat(peers.vsftpd().log()).contains("\"ABOR\"");
    }
  }

  @Test
  void aDownloadThatTheClientBreaksOffLeavesTheControlConnectionUsable() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 50L * TestFile.MIB);
    try (Culvert culvert = Culvert.start(peers.config());
        FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
      Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      assertThat(data.getInputStream().readNBytes(100_000)).hasSize(100_000);
      data.setSoLinger(true, 0);
      data.close();
      assertThat(ftp.reply()).startsWith("426 ");

      Socket again = culvert.socks().connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      assertThat(Sha256.of(again.getInputStream())).isEqualTo(file.content());
      assertThat(ftp.reply()).startsWith("226 ");
    }
  }

  @Test
  void aFrozenSshServerIsNoticedByItsSilence() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 300L * TestFile.MIB);
    Path copy = peers.directory().resolve("copy");
    TestConfig config =
        peers.config().profile("server-alive-interval", "1s").profile("server-alive-count-max", 2);
    try (Culvert culvert = Culvert.start(config)) {
      CompletableFuture<Run<String>> job =
          CompletableFuture.supplyAsync(
              () ->
                  culvert
                      .curl()
                      .text("--output", copy.toString(), "--limit-rate", "50M", peers.url("file")));
      arrives(copy);
      peers.sshd().freezeSessions();
      Run<String> run = job.get(30, TimeUnit.SECONDS);
      peers.sshd().thawSessions();

      assertThat(run.exitCode()).isNotZero();
      assertThat(Files.size(copy)).isLessThan(file.content().length());
    }
  }

  @Test
  void aPauseOfTheSshServerIsWaitedOut() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 300L * TestFile.MIB);
    Path copy = peers.directory().resolve("copy");
    try (Culvert culvert = Culvert.start(peers.config())) {
      CompletableFuture<Run<String>> job =
          CompletableFuture.supplyAsync(
              () -> culvert.curl().text("--output", copy.toString(), peers.url("file")));
      arrives(copy);
      peers.sshd().freezeSessions();
      staysAsItIs(copy);
      peers.sshd().thawSessions();

      assertThat(job.get(60, TimeUnit.SECONDS)).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(copy)).isEqualTo(file.content());
    }
  }

  @Test
  void keysAreExchangedAgainAndAgainInTheMiddleOfTransfers() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 3L * TestFile.MIB);
    try (RealSshd rekeying = RealSshd.start("RekeyLimit 64K");
        Culvert culvert = Culvert.start(peers.config(rekeying))) {
      Run<Sha256> down = culvert.curl().digest(peers.url("file"));
      Run<String> up =
          culvert.curl().text("--upload-file", file.path().toString(), peers.url("arrived"));

      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(peers.home().resolve("arrived"))).isEqualTo(file.content());
      assertThat(rekeying.count("SSH2_MSG_KEXINIT received")).isGreaterThan(20);
    }
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
