package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Sha256;
import culvert.it.peers.Socks5;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM drains, SIGHUP reloads: the program as its service manager sees it. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class SignalsIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir Path directory;
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;
  private TestConfig config;

  @BeforeEach
  void start() throws IOException {
    ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
    sshServer = EmbeddedSshServer.start(USERS);
    config =
        TestConfig.tunnel(
            directory, sshServer.port(), ftpServer.port(), sshServer.knownHostsLine());
  }

  @AfterEach
  void stop() throws IOException {
    sshServer.close();
    ftpServer.close();
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
      await("no new clients").atMost(DEADLINE).until(() -> refuses(culvert.port()));

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
  void sigtermWithoutClientsEndsAtOnce() throws Exception {
    try (CulvertProcess culvert = run()) {
      long start = System.nanoTime();
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).as(culvert.log()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
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

  private CulvertProcess run() throws Exception {
    return CulvertProcess.run(config.write(), directory.resolve("log"));
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
