package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code tunnel:} listeners: the client has no proxy setting and connects to 127.0.0.1, the FTP
 * server is the SSH server's localhost.
 */
@RealPeers
class LocalTunnelIT {
  @RegisterExtension
  final Peers peers = new Peers().withSshd().withVsftpd("ftpd_banner=The real greeting");

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "--ftp-pasv",
        "--disable-epsv",
        "--ftp-port 127.0.0.1",
        "--disable-eprt --ftp-port 127.0.0.1"
      })
  void curlWithoutAProxyGoesThroughTheTunnelWithTheFtpLogin(String mode) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 5_000_000);
    try (Culvert culvert =
        Culvert.start(peers.config().listeners(tunnel("ftp", peers.vsftpd().port())))) {
      CurlClient curl =
          CurlClient.direct(TestAccount.USER, TestAccount.password()).with(mode.split(" "));
      String url = "ftp://127.0.0.1:" + culvert.port() + "/" + peers.home().getFileName() + "/";

      Run<String> up = curl.text("--upload-file", file.path().toString(), url + "file");
      Run<Sha256> down = curl.digest(url + "file");
      Run<String> list = curl.text("--list-only", url);

      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(peers.home().resolve("file"))).isEqualTo(file.content());
      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(list.output().lines()).containsExactly("file");
    }
    everythingWentToTheSshServersLocalhost();
  }

  @Test
  void aSmallUploadIsWholeHoweverFastTheClientIs() throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 100);
    try (Culvert culvert =
        Culvert.start(peers.config().listeners(tunnel("ftp", peers.vsftpd().port())))) {
      CurlClient curl = CurlClient.direct(TestAccount.USER, TestAccount.password());
      String url = "ftp://127.0.0.1:" + culvert.port() + "/" + peers.home().getFileName() + "/";
      for (int i = 0; i < 10; i++) {
        assertThat(curl.text("--upload-file", file.path().toString(), url + i))
            .isEqualTo(new Run<>(0, "", ""));
        assertThat(Sha256.of(peers.home().resolve("" + i))).isEqualTo(file.content());
      }
    }
  }

  @Test
  void withAKeyTheGreetingIsTheServersOwnAndNothingIsCaptured() throws Exception {
    try (Culvert culvert =
            Culvert.start(keyConfig().listeners(tunnel("ftp", peers.vsftpd().port())));
        FtpDialogue ftp = connect(culvert.port())) {
      assertThat(ftp.reply()).isEqualTo("220 The real greeting");
      assertThat(ftp.send("USER " + TestAccount.USER))
          .isEqualTo("331 Please specify the password.");
      assertThat(ftp.send("PASS wrong")).isEqualTo("530 Login incorrect.");
    }
  }

  @Test
  void anSshServerThatIsDownIsToldOnTheControlConnection() throws Exception {
    TestConfig config = keyConfig().listeners(tunnel("ftp", peers.vsftpd().port()));
    peers.sshd().stop();
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = connect(culvert.port())) {
      assertThat(ftp.reply())
          .startsWith("421 culvert: ssh server 127.0.0.1:" + peers.sshd().port());
      assertThat(ftp.atEnd()).isTrue();
    }
  }

  @Test
  void aTcpTunnelCarriesAnything() throws Exception {
    try (Culvert culvert =
            Culvert.start(
                keyConfig()
                    .listeners(
                        tunnel("tcp", peers.vsftpd().port()),
                        tunnel("ftp", peers.vsftpd().port())));
        FtpDialogue raw = connect(culvert.port(0))) {
      assertThat(raw.reply()).isEqualTo("220 The real greeting");
      assertThat(raw.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      int port = raw.passivePort();
      assertThat(peers.vsftpd().passivePorts()).as("relayed untouched").containsExactly(port);
    }
    everythingWentToTheSshServersLocalhost();
  }

  private void everythingWentToTheSshServersLocalhost() throws Exception {
    List<String> targets = peers.sshd().directTcpipTargets();
    assertThat(targets).isNotEmpty().allMatch(target -> target.startsWith("localhost:"));
    assertThat(targets).contains("localhost:" + peers.vsftpd().port());
  }

  private TestConfig keyConfig() throws Exception {
    SshKey key = SshKey.create(peers.directory().resolve("key"));
    peers.sshd().authorize(key.publicLine());
    return peers
        .config()
        .profile("user", TestAccount.USER)
        .profile("authentication", "publickey")
        .profile("identity-file", key.path());
  }

  private static String tunnel(String protocol, int port) {
    return "tunnel: 127.0.0.1:0, protocol: %s, profile: gate, target: 'localhost:%d'"
        .formatted(protocol, port);
  }

  private static FtpDialogue connect(int port) throws Exception {
    return new FtpDialogue(new Socket(InetAddress.getLoopbackAddress(), port));
  }
}
