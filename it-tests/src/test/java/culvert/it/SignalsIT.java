package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.Socks5;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM drains, SIGHUP reloads: the program as its service manager sees it. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class SignalsIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @RegisterExtension final Peers peers = new Peers();
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;
  private TestConfig config;

  @BeforeEach
  void start() throws IOException {
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), USERS));
    sshServer = peers.add(EmbeddedSshServer.start(USERS));
    config =
        TestConfig.tunnel(
            peers.directory(), sshServer.port(), ftpServer.port(), sshServer.knownHostsLine());
  }

  @Test
  void sigtermLetsATransferFinishAndTakesNoNewClients() throws Exception {
    TestFile file = TestFile.create(ftpServer.root().resolve("file"), 30L * TestFile.MIB);
    try (CulvertProcess culvert = run()) {
      Socks5 socks = Socks5.through(culvert.port());
      FtpDialogue ftp = login(socks);
      Socket data = socks.connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("RETR file")).startsWith("150 ");
      InputStream in = data.getInputStream();
      int first = in.read();

      culvert.signal("TERM");
      await("no new clients")
          .atMost(DEADLINE)
          .until(() -> socks.code("127.0.0.1", ftpServer.port()) == 1);

      assertThat(culvert.isAlive()).isTrue();
      assertThat(Sha256.of(new java.io.SequenceInputStream(one(first), in)))
          .isEqualTo(file.content());
      assertThat(ftp.reply()).startsWith("226 ");
      ftp.send("QUIT");
      ftp.close();
      assertThat(culvert.exitCode()).as(culvert.log()).isZero();
    }
  }

  @Test
  void sigtermLetsASessionGoOnWithFurtherFiles() throws Exception {
    TestFile file = TestFile.create(ftpServer.root().resolve("file"), TestFile.MIB);
    try (CulvertProcess culvert = run()) {
      Socks5 socks = Socks5.through(culvert.port());
      FtpDialogue ftp = login(socks);
      culvert.signal("TERM");
      await("no new clients")
          .atMost(DEADLINE)
          .until(() -> socks.code("127.0.0.1", ftpServer.port()) == 1);

      for (int i = 0; i < 3; i++) {
        Socket data = socks.connect("127.0.0.1", ftp.passivePort());
        assertThat(ftp.send("RETR file")).startsWith("150 ");
        assertThat(Sha256.of(data.getInputStream())).isEqualTo(file.content());
        assertThat(ftp.reply()).startsWith("226 ");
      }
      assertThat(socks.code("127.0.0.1", ftpServer.port())).isEqualTo(1);
      ftp.send("QUIT");
      ftp.close();
      assertThat(culvert.exitCode()).as(culvert.log()).isZero();
      assertThat(refuses(culvert.port())).isTrue();
    }
  }

  @RealPeers
  @Test
  void sigtermLetsAJobOfManyFilesFinish() throws Exception {
    List<TestFile> files = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      files.add(TestFile.create(ftpServer.root().resolve("file" + i), TestFile.MIB));
    }
    Path received = Files.createDirectory(peers.directory().resolve("received"));
    Path third = received.resolve("3"); // waits for a reader, and the job with it
    assertThat(new ProcessBuilder("mkfifo", third.toString()).start().waitFor()).isZero();
    try (CulvertProcess culvert = run()) {
      CurlClient curl =
          CurlClient.through("--socks5-hostname", culvert.port(), "amy", "secret")
              .with("--output", received + "/#1");
      String urls = "ftp://127.0.0.1:" + ftpServer.port() + "/file[1-12]";
      CompletableFuture<Run<String>> job = CompletableFuture.supplyAsync(() -> curl.text(urls));
      await("the third file")
          .atMost(DEADLINE)
          .until(() -> ftpServer.commands().stream().anyMatch(c -> c.line().equals("RETR file3")));

      culvert.signal("TERM");
      Socks5 socks = Socks5.through(culvert.port());
      await("no new clients")
          .atMost(DEADLINE)
          .until(() -> socks.code("127.0.0.1", ftpServer.port()) == 1);
      assertThat(job).as("in the middle of the job").isNotDone();
      assertThat(Sha256.of(Files.newInputStream(third))).isEqualTo(files.get(2).content());

      Run<String> done = job.get(60, TimeUnit.SECONDS);
      assertThat(done.exitCode()).as(done.errors() + culvert.log()).isZero();
      for (int i = 1; i <= 12; i++) {
        if (i != 3) {
          assertThat(Sha256.of(Files.newInputStream(received.resolve(String.valueOf(i)))))
              .isEqualTo(files.get(i - 1).content());
        }
      }
      assertThat(culvert.exitCode()).as(culvert.log()).isZero();
      assertThat(ftpServer.connections()).hasSize(1);
    }
  }

  @Test
  void aSecondSigtermSaysWhatItBreaksOff() throws Exception {
    TestFile.create(ftpServer.root().resolve("file"), 30L * TestFile.MIB);
    try (CulvertProcess culvert = run()) {
      Socks5 socks = Socks5.through(culvert.port());
      FtpDialogue ftp = login(socks);
      Socket data = socks.connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("RETR file")).startsWith("150 ");
      assertThat(data.getInputStream().read()).isNotNegative();
      culvert.signal("TERM");
      await("no new clients")
          .atMost(DEADLINE)
          .until(() -> socks.code("127.0.0.1", ftpServer.port()) == 1);

      culvert.signal("TERM");

      assertThatThrownBy(() -> data.getInputStream().readAllBytes())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      assertThat(culvert.exitCode()).as(culvert.log()).isEqualTo(1);
      assertThat(culvert.log()).containsPattern("cutting .* connections=\\d+ transfers=1");
    }
    Path trail = peers.directory().resolve("state/audit.jsonl");
    AuditTrails.assertWhole(trail);
    assertThat(AuditTrails.events(trail, "transfer.ended"))
        .singleElement()
        .satisfies(event -> assertThat(event.path("outcome").asText()).isEqualTo("aborted"));
    assertThat(AuditTrails.events(trail, "stop")).hasSize(1);
  }

  @Test
  void aSecondSigtermAbortsAnUploadAtItsServer() throws Exception {
    try (CulvertProcess culvert = run()) {
      Socks5 socks = Socks5.through(culvert.port());
      FtpDialogue ftp = login(socks);
      Socket data = socks.connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("STOR file")).startsWith("150 ");
      data.getOutputStream().write(new byte[TestFile.MIB]);
      Path file = ftpServer.root().resolve("file");
      await("the fragment")
          .atMost(DEADLINE)
          .until(() -> Files.exists(file) && Files.size(file) > 0);
      culvert.signal("TERM");
      await("no new clients")
          .atMost(DEADLINE)
          .until(() -> socks.code("127.0.0.1", ftpServer.port()) == 1);

      culvert.signal("TERM");

      await("the abort")
          .atMost(DEADLINE)
          .until(() -> ftpServer.commands().stream().anyMatch(c -> c.line().equals("ABOR")));
      assertThat(culvert.exitCode()).as(culvert.log()).isEqualTo(1);
    }
  }

  @Test
  void sigtermWithoutClientsEndsAtOnce() throws Exception {
    try (CulvertProcess culvert = run()) {
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).as(culvert.log()).isZero();
    }
  }

  @Test
  void sighupReloadsRulesForNewConnectionsAndLeavesOldOnesAlone() throws Exception {
    try (CulvertProcess culvert = run()) {
      Socks5 socks = Socks5.through(culvert.port());
      FtpDialogue old = login(socks);

      config.rule("action", "block").write();
      culvert.signal("HUP");

      await("the new rule holds")
          .atMost(DEADLINE)
          .until(() -> socks.code("127.0.0.1", ftpServer.port()) == 2);
      assertThat(old.send("PWD")).startsWith("257 ");
      Socket data = socks.connect("127.0.0.1", old.passivePort());
      assertThat(old.send("NLST")).startsWith("150 ");
      data.getInputStream().readAllBytes();
      assertThat(old.reply()).startsWith("226 ");
      old.close();
    }
  }

  @Test
  void sighupWithABrokenFileKeepsTheOldRules() throws Exception {
    try (CulvertProcess culvert = run()) {
      config.rule("action", "teleport").write();
      culvert.signal("HUP");
      await("the log names the problem")
          .atMost(DEADLINE)
          .until(() -> culvert.log().contains("teleport"));
      login(Socks5.through(culvert.port())).close();
    }
  }

  @Test
  void sighupThatIsIgnoredAsUnderNohupIsToldOfAndChangesNothing() throws Exception {
    try (CulvertProcess culvert =
        CulvertProcess.runUnderNohup(config.write(), peers.directory().resolve("log"))) {
      config.rule("action", "block").write();
      culvert.signal("HUP");

      login(Socks5.through(culvert.port())).close();
      assertThat(culvert.log()).containsOnlyOnce("SIGHUP is ignored").doesNotContain("reloaded");
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).as(culvert.log()).isZero();
    }
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void sigusr1AndSigusr2EndNothing() throws Exception {
    try (CulvertProcess culvert =
        CulvertProcess.run(
            Map.of("_JAVA_SR_SIGNUM", "64"), config.write(), peers.directory().resolve("log"))) {
      Path trail = peers.directory().resolve("state/audit.jsonl");
      Files.move(trail, trail.resolveSibling("moved"));
      culvert.signal("USR1");
      culvert.signal("USR2");

      await("both are told")
          .atMost(DEADLINE)
          .until(
              () ->
                  culvert.log().contains("opened anew") && culvert.log().contains("SIGUSR2 means"));
      login(Socks5.through(culvert.port())).close();
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).as(culvert.log()).isZero();
      assertThat(AuditTrails.events(trail, "job.ended")).hasSize(1);
    }
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void whereHotSpotKeepsSigusr2ItIsToldHowToMoveIt() throws Exception {
    try (CulvertProcess culvert = run()) {
      assertThat(culvert.log()).containsOnlyOnce("_JAVA_SR_SIGNUM=64");
    }
  }

  private CulvertProcess run() throws Exception {
    return CulvertProcess.run(config.write(), peers.directory().resolve("log"));
  }

  private FtpDialogue login(Socks5 socks) throws IOException {
    FtpDialogue ftp = socks.ftp("127.0.0.1", ftpServer.port());
    assertThat(ftp.reply()).startsWith("220 ");
    assertThat(ftp.login("amy", "secret")).startsWith("230 ");
    assertThat(ftp.send("TYPE I")).startsWith("200 ");
    return ftp;
  }

  private static InputStream one(int b) {
    return new java.io.ByteArrayInputStream(new byte[] {(byte) b});
  }

  private static boolean refuses(int port) {
    try {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      return false;
    } catch (IOException refused) {
      return true;
    }
  }
}
