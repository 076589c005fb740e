package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code USER name@host:port}, as at an FTP proxy; here the proxy's name does not even resolve. */
@RealPeers
@AnyTransport
class UserAtHostIT {
  private static final String PROXY = "ftpproxy.invalid";

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  /** Rules for {@value #PROXY} and a blocked port before the one for the FTP server's port. */
  private Culvert culvert(String action) throws Exception {
    String jobs = peers.config().rule("action", action).yaml();
    return Culvert.start(
        jobs.replace(
            "rules:\n",
            """
            rules:
              - { match: { host: %s }, action: ftp-tunnel, profile: gate, user-at-host: true }
              - { match: { port: 2 }, action: block }
            """
                .formatted(PROXY)));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--ftp-pasv", "--disable-epsv"})
  void filesGoBothWaysThroughTheTunnelToTheHostThatIsNamed(String mode) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 2_000_000);
    try (Culvert culvert = culvert("ftp-tunnel")) {
      CurlClient curl = curl(culvert).with(mode);

      Run<String> up = curl.text("--upload-file", file.path().toString(), url("file"));
      Run<Sha256> down = curl.digest(url("file"));

      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(peers.home().resolve("file"))).isEqualTo(file.content());
      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(peers.sshd().directTcpipTargets())
          .hasSize(4)
          .allMatch(target -> target.startsWith("127.0.0.1:"));
      assertThat(peers.vsftpd().log()).contains("\"USER " + TestAccount.USER + "\"");
    }
  }

  @Test
  void theRulesMayLeadToPlaintext() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 200_000);
    try (Culvert culvert = culvert("direct")) {
      Run<Sha256> down = curl(culvert).digest(url("file"));

      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(peers.sshd().directTcpipTargets()).isEmpty();
    }
  }

  @Test
  void aSecondUserMayNameAnotherHost() throws Exception {
    try (Culvert culvert = culvert("ftp-tunnel");
        FtpDialogue ftp = culvert.socks().ftp(PROXY, 21)) {
      ftp.reply();
      assertThat(ftp.send("USER x@10.0.0.1:2")).isEqualTo("530 culvert: 10.0.0.1:2: not allowed");
      assertThat(ftp.send("USER x@10.0.0.1:two"))
          .startsWith("501 culvert: USER name@host[:port]: ");
      String user = TestAccount.USER + "@127.0.0.1:" + peers.vsftpd().port();

      assertThat(ftp.login(user, TestAccount.password())).startsWith("230 ");
      assertThat(ftp.send("CWD " + peers.home().getFileName())).startsWith("250 ");
      assertThat(ftp.login(user, TestAccount.password())).startsWith("230 ");

      assertThat(ftp.send("PWD"))
          .as("a new session")
          .doesNotContain(peers.home().getFileName().toString());
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(2);
    }
  }

  private static CurlClient curl(Culvert culvert) {
    return CurlClient.withLoginInUrl().with("--socks5-hostname", "127.0.0.1:" + culvert.port());
  }

  private String url(String file) {
    return "ftp://%s%%40127.0.0.1%%3A%d:%s@%s/%s/%s"
        .formatted(
            TestAccount.USER,
            peers.vsftpd().port(),
            TestAccount.password(),
            PROXY,
            peers.home().getFileName(),
            file);
  }
}
