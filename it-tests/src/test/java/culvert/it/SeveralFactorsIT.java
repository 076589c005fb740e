package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An sshd that wants more than one factor ({@code AuthenticationMethods}) takes what it is shown as
 * a part of the login. With {@code fallback: plain}, and a pin or none, that leads to no plaintext.
 */
@RealPeers
@AnyTransport
@Timeout(120)
class SeveralFactorsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final String UNFINISHED =
      "530 culvert: SSH login as " + TestAccount.USER + " at 127.0.0.1 not finished: ";

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();
  private SshKey key;

  @BeforeEach
  void makeKey() throws Exception {
    key = SshKey.create(peers.directory().resolve("id"));
  }

  private RealSshd wanting(String methods) throws IOException {
    return peers.add(
        RealSshd.start(
            "UsePAM yes", "KbdInteractiveAuthentication yes", "AuthenticationMethods " + methods));
  }

  @ParameterizedTest(name = "{0}; {1}; authorised: {2}, pinned: {3}")
  @CsvSource(
      delimiter = ';',
      value = {
        "password,publickey; password; false; true",
        "password,publickey; password; false; false",
        "password,publickey; password, publickey; false; true",
        "keyboard-interactive,publickey; keyboard-interactive; false; true",
        "keyboard-interactive,publickey; keyboard-interactive, publickey; false; false",
        "publickey,keyboard-interactive; publickey; true; true",
        "publickey,password; publickey; true; false"
      })
  void aLoginOfWhichSshdHasTakenAPartLeadsToNoPlaintext(
      String wanted, String tried, boolean authorised, boolean pinned) throws Exception {
    RealSshd sshd = wanting(wanted);
    if (authorised) {
      sshd.authorize(key.publicLine());
    }
    TestConfig config =
        plain(peers.config(sshd))
            .profile("authentication", "[" + tried + "]")
            .profile("identity-file", key.path());
    assertNoPlaintext(config, pinned, wanted.substring(wanted.indexOf(',') + 1));
    assertThat(sshd.log())
        .contains("Partial ")
        .doesNotContain("Accepted password", "Accepted publickey", "Accepted keyboard");
  }

  @Test
  void neitherDoesAHopThatHasTakenAPart() throws Exception {
    RealSshd hop = wanting("publickey,password");
    hop.authorize(key.publicLine());
    TestConfig config =
        plain(
                TestConfig.tunnel(
                    peers.directory(),
                    peers.sshd().port(),
                    peers.vsftpd().port(),
                    peers.sshd().knownHostsLine(),
                    hop.knownHostsLine()))
            .profile("proxy-jump", "[hop]")
            .alsoProfile(
                "hop",
                "host: 127.0.0.1, port: %d, user: %s, authentication: publickey, identity-file: %s,"
                        .formatted(hop.port(), TestAccount.USER, key.path())
                    + " strict-host-key-checking: yes, known-hosts: "
                    + peers.directory().resolve("known_hosts"));
    pin();
    long before = peers.vsftpd().controlConnections();
    try (Culvert culvert = Culvert.start(config)) {
      assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port())).isEqualTo(2);
    }
    assertThat(peers.vsftpd().controlConnections()).isEqualTo(before);
    assertThat(hop.log()).contains("Partial publickey");
  }

  private static TestConfig plain(TestConfig config) {
    return config.top("pin-tunnelled", true).rule("fallback", "plain");
  }

  /** Nor is it remembered as a refusal: the missing factor may be there at the next try. */
  private void assertNoPlaintext(TestConfig config, boolean pinned, String missing)
      throws Exception {
    if (pinned) {
      pin();
    }
    long before = peers.vsftpd().controlConnections();
    try (Culvert culvert = Culvert.start(config);
        FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      for (int i = 0; i < 2; i++) {
        assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
            .isEqualTo(UNFINISHED + "the server wants more after a partial success: " + missing);
      }
    }
    assertThat(peers.vsftpd().controlConnections()).isEqualTo(before);
  }

  /** By a job through an sshd that the password suffices for. */
  private void pin() throws Exception {
    String knownHosts = Files.readString(peers.directory().resolve("known_hosts"));
    try (Culvert culvert = Culvert.start(plain(peers.config()));
        FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      Path pins = peers.directory().resolve("state/pins");
      await("the pin")
          .atMost(DEADLINE)
          .until(() -> Files.exists(pins) && Files.readString(pins).contains("127.0.0.1:"));
    }
    Files.writeString(peers.directory().resolve("known_hosts"), knownHosts);
  }
}
