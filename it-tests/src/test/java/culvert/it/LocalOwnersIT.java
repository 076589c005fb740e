package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.OtherUser;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two users of one host: this one, which is root, and the test account. */
@RealPeers
class LocalOwnersIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");
  private static final String NOT_ALLOWED = "2";

  @TempDir private Path directory;

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"127.0.0.1", "[::1]"})
  void rulesTellUsersAndProgramsApart(String listener) throws Exception {
    String rules =
        """
        listeners: [{ name: socks, socks: "%s:0" }]
        pin-tunnelled: false
        rules:
          - { name: by-name, match: { os-user: %s, application: "cur?" }, action: direct }
          - { name: by-number, match: { os-user: 0, application: python3 }, action: direct }
        default-action: block
        """
            .formatted(listener, TestAccount.USER);
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
        Culvert culvert = Culvert.start(rules)) {
      TestFile file = TestFile.create(ftpServer.root().resolve("file"), 1000);
      String proxy = listener + ":" + culvert.port();
      String url = "ftp://127.0.0.1:" + ftpServer.port() + "/file";

      Run<Sha256> named = OtherUser.curl(true, proxy, url);
      Run<Sha256> root = OtherUser.curl(false, proxy, url);

      assertThat(named).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(root.exitCode()).as("root's curl").isEqualTo(97);
      assertThat(root.errors()).contains("(2)");
      assertThat(OtherUser.socksCode(true, proxy, ftpServer.port()))
          .as("another program of that user")
          .isEqualTo(NOT_ALLOWED);
      assertThat(OtherUser.socksCode(false, proxy, ftpServer.port()))
          .as("that program of another user")
          .isEqualTo("0");
    }
  }

  @ParameterizedTest(name = "another user''s claim before the owner''s: {0}, after it: {1}")
  @CsvSource({"true, false", "false, true", "true, true"})
  void anotherUserMayNotTakeADataConnection(boolean before, boolean after) throws Exception {
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
        EmbeddedSshServer sshServer = EmbeddedSshServer.start(USERS);
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(
                    directory, sshServer.port(), ftpServer.port(), sshServer.knownHostsLine()));
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      TestFile file = TestFile.create(ftpServer.root().resolve("file"), 300_000);
      String proxy = "127.0.0.1:" + culvert.port();
      ftp.reply();
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      assertThat(ftp.send("TYPE I")).startsWith("200 ");
      int port = ftp.passivePort();

      if (before) {
        assertThat(OtherUser.socksCode(true, proxy, port)).isEqualTo(NOT_ALLOWED);
      }
      try (Socket data = culvert.socks().connect("127.0.0.1", port)) {
        if (after) {
          assertThat(OtherUser.socksCode(true, proxy, port)).isEqualTo(NOT_ALLOWED);
        }
        assertThat(ftp.send("RETR file")).startsWith("150 ");
        assertThat(Sha256.of(data.getInputStream())).isEqualTo(file.content());
      }
      assertThat(ftp.reply()).startsWith("226 ");
      assertThat(sshServer.channelTargets()).as("control and one data channel").hasSize(2);
    }
  }

  @Test
  void theOtherUsersOwnSessionWorks() throws Exception {
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(directory.resolve("files"), USERS);
        EmbeddedSshServer sshServer = EmbeddedSshServer.start(USERS);
        Culvert culvert =
            Culvert.start(
                TestConfig.tunnel(
                    directory, sshServer.port(), ftpServer.port(), sshServer.knownHostsLine()))) {
      TestFile file = TestFile.create(ftpServer.root().resolve("file"), 300_000);

      Run<Sha256> run =
          OtherUser.curl(
              true, "127.0.0.1:" + culvert.port(), "ftp://127.0.0.1:" + ftpServer.port() + "/file");

      assertThat(run).isEqualTo(new Run<>(0, file.content(), ""));
    }
  }
}
