package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.ProxychainsLftp;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FTPS inside the tunnel: Culvert reads nothing of it and data connections follow all the same. */
@RealPeers
@AnyTransport
class AuthTlsIT {
  @RegisterExtension final Peers peers = new Peers().withSshd("PasswordAuthentication no");
  private SshKey key;

  @BeforeEach
  void start() throws Exception {
    key = SshKey.create(peers.directory().resolve("id"));
    peers.sshd().authorize(key.publicLine());
  }

  /**
   * With TLS 1.3 curl leaves the session tickets of a data connection unread, so that its close is
   * a reset, and vsftpd answers every other upload with 426, without a proxy as well.
   */
  @ParameterizedTest(name = "require_ssl_reuse={0}")
  @ValueSource(strings = {"YES", "NO"})
  void curlSpeaksTlsWithTheServerThroughTheTunnel(String reuse) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 3_000_000);
    try (RealVsftpd vsftpd = tlsOnly("require_ssl_reuse=" + reuse);
        Culvert culvert = passing(vsftpd)) {
      CurlClient curl = culvert.curl().with("--ssl-reqd", "--insecure", "--tls-max", "1.2");
      String url = "ftp://127.0.0.1:" + vsftpd.port() + "/" + peers.home().getFileName() + "/";

      Run<String> up = curl.text("--upload-file", file.path().toString(), url + "file");
      Run<Sha256> down = curl.digest(url + "file");
      Run<String> names = curl.text("--list-only", url);

      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(peers.home().resolve("file"))).isEqualTo(file.content());
      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(names).isEqualTo(new Run<>(0, "file\n", ""));
      everythingWentThroughSsh(vsftpd);
      assertThat(vsftpd.log()).contains("\"AUTH ", "\"PROT P\"");
    }
  }

  @Test
  void lftpSpeaksTlsWithTheServerThroughTheTunnel() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 1_000_000);
    try (RealVsftpd vsftpd = tlsOnly("require_ssl_reuse=NO");
        Culvert culvert = passing(vsftpd)) {
      Path copy = peers.directory().resolve("copy");

      Run<String> run =
          ProxychainsLftp.run(
              peers.directory(),
              culvert.port(),
              "set ssl:verify-certificate no",
              // It leaves the tickets of TLS 1.3 unread, and so resets what it has not sent yet.
              "set ssl:priority NORMAL:-VERS-TLS1.3",
              "set ftp:ssl-force true",
              "set ftp:ssl-protect-data true",
              "set ftp:prefer-epsv true",
              "open -u %s,%s ftp://127.0.0.1:%d"
                  .formatted(TestAccount.USER, TestAccount.password(), vsftpd.port()),
              "cd " + peers.home().getFileName(),
              "get file -o " + copy,
              "put " + copy + " -o back",
              "cls -1");

      assertThat(run.exitCode()).as(run.errors()).isZero();
      assertThat(run.output().lines()).contains("back", "file");
      assertThat(Sha256.of(copy)).isEqualTo(file.content());
      assertThat(Sha256.of(peers.home().resolve("back"))).isEqualTo(file.content());
      everythingWentThroughSsh(vsftpd);
    }
  }

  @Test
  void aServerThatWantsTlsIsHeardWhereTlsIsRefused() throws Exception {
    try (RealVsftpd vsftpd = tlsOnly();
        Culvert culvert = Culvert.start(keyConfig(vsftpd).rule("ftp", "{ auth-tls: refuse }"))) {
      CurlClient curl = culvert.curl();
      String url = "ftp://127.0.0.1:" + vsftpd.port() + "/";

      assertThat(curl.text("--ssl-reqd", "--insecure", url).exitCode()).isEqualTo(64);
      assertThat(curl.text("--ssl", "--insecure", url).errors()).contains("530");
    }
  }

  private Culvert passing(RealVsftpd vsftpd) throws Exception {
    return Culvert.start(keyConfig(vsftpd).rule("ftp", "{ auth-tls: pass-through }"));
  }

  private TestConfig keyConfig(RealVsftpd vsftpd) throws Exception {
    return peers
        .config(peers.sshd(), vsftpd.port())
        .profile("user", TestAccount.USER)
        .profile("authentication", "[publickey]")
        .profile("identity-file", key.path());
  }

  private void everythingWentThroughSsh(RealVsftpd vsftpd) throws Exception {
    Set<Integer> announced = Set.copyOf(vsftpd.passivePorts());
    Set<Integer> tunnelled =
        peers.sshd().directTcpipPorts().stream()
            .filter(port -> port != vsftpd.port())
            .collect(Collectors.toSet());
    assertThat(tunnelled).isNotEmpty().isEqualTo(announced);
  }

  /** With a certificate of its own. */
  private RealVsftpd tlsOnly(String... more) throws Exception {
    Path certificate = peers.directory().resolve("vsftpd.pem");
    Run<String> run =
        Run.text(
            Duration.ofSeconds(30),
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-keyout",
                certificate.toString(),
                "-out",
                peers.directory().resolve("vsftpd.crt").toString()));
    assertThat(run.exitCode()).as(run.errors()).isZero();
    List<String> options =
        new ArrayList<>(
            List.of(
                "ssl_enable=YES",
                "force_local_logins_ssl=YES",
                "force_local_data_ssl=YES",
                "rsa_private_key_file=" + certificate,
                "rsa_cert_file=" + peers.directory().resolve("vsftpd.crt")));
    options.addAll(List.of(more));
    return RealVsftpd.start(options.toArray(String[]::new));
  }
}
