package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Run;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server whose host key is not the right one gets no byte of a login, and the client gets no
 * plaintext connection instead, whatever the rule says.
 */
@AnyTransport
class HostKeyIT {
  private static final int CURL_LOGIN_DENIED = 67;
  private static final Map<String, String> USERS = Map.of("amy", "secret");

  @RegisterExtension final Peers peers = new Peers();
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;

  @BeforeEach
  void start() throws IOException {
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), USERS));
    sshServer = peers.add(EmbeddedSshServer.start(USERS));
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void anUnknownKeyUnderYesGetsNoCredentials(String fallback) throws Exception {
    refused(
        TestConfig.tunnel(peers.directory(), sshServer.port(), ftpServer.port()),
        fallback,
        "is unknown");
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void aChangedKeyGetsNoCredentials(String fallback) throws Exception {
    TestConfig config = config();
    sshServer.restartWithNewHostKey();
    refused(config, fallback, "changed");
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void aChangedKeyUnderAcceptNewGetsNoCredentials(String fallback) throws Exception {
    TestConfig config = config().profile("strict-host-key-checking", "accept-new");
    String known = Files.readString(config.knownHosts());
    sshServer.restartWithNewHostKey();
    refused(config, fallback, "changed");
    assertThat(config.knownHosts()).hasContent(known);
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void aRevokedKeyGetsNoCredentials(String fallback) throws Exception {
    String key = sshServer.knownHostsLine();
    String bare = key.substring(key.indexOf(' ') + 1);
    refused(
        TestConfig.tunnel(
            peers.directory(), sshServer.port(), ftpServer.port(), key, "@revoked * " + bare),
        fallback,
        "is revoked");
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void filesThatCannotBeReadGetNoCredentials(String fallback) throws Exception {
    Path unreadable = Files.createDirectory(peers.directory().resolve("directory"));
    TestConfig config =
        config()
            .profile("strict-host-key-checking", "accept-new")
            .profile(
                "known-hosts",
                "[" + peers.directory().resolve("known_hosts") + ", " + unreadable + "]")
            .rule("fallback", fallback);
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret"))
          .isEqualTo(
              "530 culvert: host key of 127.0.0.1 cannot be verified (known hosts file %s cannot be read: a directory (expected: a regular file)): not sending credentials",
              unreadable);
    }
    assertThat(sshServer.authenticationBytes()).isZero();
    assertThat(ftpServer.connections()).isEmpty();
  }

  @ParameterizedTest(name = "fallback: {0}")
  @ValueSource(strings = {"none", "plain"})
  void aKeyChangedUnderTheAliasGetsNoCredentials(String fallback) throws Exception {
    String key = sshServer.knownHostsLine();
    String bare = key.substring(key.indexOf(' ') + 1);
    TestConfig config =
        TestConfig.tunnel(
                peers.directory(), sshServer.port(), ftpServer.port(), "mainframe " + bare)
            .profile("host-key-alias", "mainframe")
            .rule("fallback", fallback);
    try (Culvert culvert = Culvert.start(config)) {
      try (FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
        ftp.reply();
        assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      }
    }
    long bytes = sshServer.authenticationBytes();
    int connections = ftpServer.connections().size();
    sshServer.restartWithNewHostKey();
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      ftp.reply();
      assertThat(ftp.login("amy", "secret"))
          .startsWith(
              "530 culvert: host key of mainframe (127.0.0.1:" + sshServer.port() + ") changed (");
    }
    assertThat(sshServer.authenticationBytes()).isEqualTo(bytes);
    assertThat(ftpServer.connections()).hasSize(connections);
  }

  @Test
  void anUnknownKeyUnderAcceptNewIsRememberedAndFromThenOnRequired() throws Exception {
    TestConfig config =
        TestConfig.tunnel(peers.directory(), sshServer.port(), ftpServer.port())
            .profile("strict-host-key-checking", "accept-new");
    try (Culvert culvert = Culvert.start(config)) {
      try (FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
        ftp.reply();
        assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      }
      assertThat(Files.readAllLines(config.knownHosts()))
          .containsExactly(sshServer.knownHostsLine());

      sshServer.restartWithNewHostKey();
      try (FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
        ftp.reply();
        assertThat(ftp.login("amy", "secret")).startsWith("530 culvert: host key of ");
      }
    }
  }

  @Test
  void aHashedEntryIsKnown() throws Exception {
    TestConfig config = config();
    Run<String> hashed =
        Run.text(
            java.time.Duration.ofSeconds(10),
            java.util.List.of("ssh-keygen", "-q", "-H", "-f", config.knownHosts().toString()));
    assertThat(hashed.exitCode()).as(hashed.errors()).isZero();
    assertThat(Files.readString(config.knownHosts())).startsWith("|1|");
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
      ftp.reply();
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
    }
  }

  private void refused(TestConfig config, String fallback, String verdict) throws IOException {
    try (Culvert culvert = Culvert.start(config.rule("fallback", fallback))) {
      try (FtpDialogue ftp = culvert.ftp(ftpServer.port())) {
        assertThat(ftp.reply()).startsWith("220 ");
        assertThat(ftp.login("amy", "secret"))
            .matches(
                "530 culvert: host key of \\[127\\.0\\.0\\.1]:%d %s \\(.*\\): not sending credentials"
                    .formatted(sshServer.port(), verdict));
        assertThat(ftp.atEnd()).isTrue();
      }
      Run<String> run =
          CurlClient.through("--socks5-hostname", culvert.port(), "amy", "secret")
              .text("ftp://127.0.0.1:" + ftpServer.port() + "/");
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(CURL_LOGIN_DENIED);
    }
    assertThat(sshServer.connections()).isPositive();
    assertThat(sshServer.authenticationBytes()).isZero();
    assertThat(sshServer.attempts()).isEmpty();
    assertThat(ftpServer.connections()).isEmpty();
  }

  private TestConfig config() throws IOException {
    return TestConfig.tunnel(
        peers.directory(), sshServer.port(), ftpServer.port(), sshServer.knownHostsLine());
  }
}
