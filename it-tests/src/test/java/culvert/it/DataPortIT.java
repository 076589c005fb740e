package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A port that a tunnelled session announced belongs to it: nobody else is ever connected to it. */
class DataPortIT {
  private static final int NOT_ALLOWED = 2;
  private static final int REFUSED = 5;
  private static final Map<String, String> USERS = Map.of("amy", "secret");

  @TempDir Path directory;

  @Test
  void oneAnnouncementAllowsOneConnection() throws Exception {
    try (Session session = new Session()) {
      TestFile file = TestFile.create(session.ftpServer.root().resolve("file"), 300_000);
      int port = session.ftp.passivePort();
      Socket data = session.culvert.socks().connect("127.0.0.1", port);

      assertThat(session.culvert.socks().code("127.0.0.1", port))
          .as("second")
          .isEqualTo(NOT_ALLOWED);
      assertThat(session.ftp.send("RETR file")).startsWith("150 ");
      assertThat(Sha256.of(data.getInputStream())).isEqualTo(file.content());
      assertThat(session.ftp.reply()).startsWith("226 ");
      assertThat(session.culvert.socks().code("127.0.0.1", port)).as("late").isEqualTo(NOT_ALLOWED);
      assertThat(session.dataChannels()).hasSize(1);
    }
  }

  @Test
  void anAliasOfTheHostDoesNotGetAround() throws Exception {
    try (Session session = new Session()) {
      int port = session.ftp.passivePort();
      session.culvert.socks().connect("127.0.0.1", port).close();

      assertThat(session.culvert.socks().code("localhost", port)).isEqualTo(NOT_ALLOWED);
    }
  }

  @Test
  void anotherClientMayNotTakeIt() throws Exception {
    try (Session session = new Session()) {
      int port = session.ftp.passivePort();

      assertThat(session.culvert.socks().from("127.0.0.9").code("127.0.0.1", port))
          .isEqualTo(NOT_ALLOWED);
      session.culvert.socks().connect("127.0.0.1", port).close();
      assertThat(session.dataChannels()).hasSize(1);
    }
  }

  @Test
  void aNewAnnouncementDoesNotFreeTheOldPort() throws Exception {
    try (Session session = new Session()) {
      int abandoned = session.ftp.passivePort();
      int next = session.ftp.passivePort();
      Socket data = session.culvert.socks().connect("127.0.0.1", next);
      assertThat(session.ftp.send("NLST")).startsWith("150 ");
      data.getInputStream().readAllBytes();
      assertThat(session.ftp.reply()).startsWith("226 ");

      assertThat(session.culvert.socks().code("127.0.0.1", abandoned)).isIn(NOT_ALLOWED, REFUSED);
    }
  }

  /** The built-in rules on the real ports 21 and 22, on a loopback address of this test's own. */
  @Test
  @RealPeers
  void theBuiltInDefaultHoldsPortsToo() throws Exception {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String host = "127." + random.nextInt(1, 255) + "." + random.nextInt(1, 255) + ".5";
    String yaml =
        String.join(
            "\n",
            List.of(
                "listeners: [{ socks: 127.0.0.1:0 }]",
                "profiles: { defaults: { known-hosts: " + directory.resolve("known_hosts") + " } }",
                "state-directory: " + directory.resolve("state"),
                ""));
    try (RealSshd sshd = RealSshd.startAt(host, 22);
        RealVsftpd vsftpd = RealVsftpd.startAt(host, 21);
        Culvert culvert = Culvert.start(yaml);
        FtpDialogue ftp = new FtpDialogue(culvert.socks().connect(host, 21))) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
          .isEqualTo("230 Login successful.");
      int port = ftp.passivePort();
      Socket data = culvert.socks().connect(host, port);

      assertThat(culvert.socks().code(host, port)).as("second").isEqualTo(NOT_ALLOWED);
      assertThat(culvert.socks().from("127.0.0.9").code(host, port))
          .as("foreign")
          .isEqualTo(NOT_ALLOWED);
      assertThat(ftp.send("NLST")).startsWith("150 ");
      data.getInputStream().readAllBytes();
      assertThat(ftp.reply()).startsWith("226 ");
      assertThat(culvert.socks().code(host, port)).as("late").isEqualTo(NOT_ALLOWED);
      assertThat(sshd.directTcpipTargets()).containsExactly(host + ":21", host + ":" + port);
      assertThat(vsftpd.controlConnections()).isEqualTo(1);
    }
  }

  /** A tunnelled and logged-in FTP session against embedded servers. */
  private final class Session implements AutoCloseable {
    final EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
    final EmbeddedSshServer sshServer = EmbeddedSshServer.start(USERS);
    final Culvert culvert =
        Culvert.start(
            TestConfig.tunnel(
                directory, sshServer.port(), ftpServer.port(), sshServer.knownHostsLine()));
    final FtpDialogue ftp = culvert.ftp(ftpServer.port());

    Session() throws IOException {
      ftp.reply();
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      assertThat(ftp.send("TYPE I")).startsWith("200 ");
    }

    List<String> dataChannels() {
      String control = "127.0.0.1:" + ftpServer.port();
      return sshServer.channelTargets().stream().filter(target -> !target.equals(control)).toList();
    }

    @Override
    public void close() throws IOException {
      ftp.close();
      culvert.close();
      sshServer.close();
      ftpServer.close();
    }
  }
}
