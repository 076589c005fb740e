package culvert.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.testing.EmbeddedSshServer.Attempt;
import culvert.testing.EmbeddedSshServer.Silence;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The servers by themselves: what the integration tests rely on. */
class EmbeddedServersTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Map<String, String> USERS = Map.of("amy", "secret");

  @TempDir Path root;
  private final SshClient client = SshClient.setUpDefaultClient();
  private volatile PublicKey shown;

  @BeforeEach
  void startClient() {
    client.setServerKeyVerifier(
        (session, address, key) -> {
          shown = key;
          return true;
        });
    client.start();
  }

  @AfterEach
  void stopClient() {
    client.stop();
  }

  @Test
  void filesGoUpAndDownAndTheServerRemembersWhoAskedForWhat() throws Exception {
    try (EmbeddedFtpServer server = EmbeddedFtpServer.start(root, USERS)) {
      FTPClient ftp = new FTPClient();
      ftp.connect("127.0.0.1", server.port());
      assertThat(ftp.login("amy", "secret")).isTrue();
      ftp.enterLocalPassiveMode();
      assertThat(ftp.storeFile("a.txt", new ByteArrayInputStream("hi".getBytes(UTF_8)))).isTrue();
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      assertThat(ftp.retrieveFile("a.txt", back)).isTrue();
      ftp.disconnect();

      assertThat(back.toString(UTF_8)).isEqualTo("hi");
      assertThat(root.resolve("a.txt")).hasContent("hi");
      assertThat(server.connections()).hasSize(1);
      assertThat(server.commands())
          .extracting(EmbeddedFtpServer.Command::line)
          .contains("USER amy", "PASS ****", "STOR a.txt", "RETR a.txt");
    }
  }

  @Test
  void loginsAndChannelsAreForwardedCountedAndRemembered() throws Exception {
    try (EmbeddedFtpServer ftpServer = EmbeddedFtpServer.start(root, USERS);
        EmbeddedSshServer server = EmbeddedSshServer.start(USERS);
        ClientSession session = connect(server)) {
      assertThat(server.authenticationBytes()).isZero();
      session.addPasswordIdentity("secret");
      session.auth().verify(DEADLINE);
      assertThat(server.authenticationBytes()).isPositive();
      assertThat(server.attempts()).contains(new Attempt("amy", "password", true));
      assertThat(shown).isEqualTo(server.hostKey());

      try (ExplicitPortForwardingTracker forward =
          session.createLocalPortForwardingTracker(
              new SshdSocketAddress("127.0.0.1", 0),
              new SshdSocketAddress("127.0.0.1", ftpServer.port()))) {
        FTPClient ftp = new FTPClient();
        ftp.connect("127.0.0.1", forward.getBoundAddress().getPort());
        assertThat(ftp.login("amy", "secret")).isTrue();
        ftp.disconnect();
      }
      assertThat(server.channelTargets()).containsExactly("127.0.0.1:" + ftpServer.port());
    }
  }

  @Test
  void aServerThatFallsSilentDuringLoginHasExchangedKeysAndAnswersNothingMore() throws Exception {
    try (EmbeddedSshServer server = EmbeddedSshServer.start(USERS)) {
      server.silence(Silence.DURING_LOGIN);
      try (ClientSession session = connect(server)) {
        session.waitFor(EnumSet.of(ClientSessionEvent.WAIT_AUTH), DEADLINE);
        session.addPasswordIdentity("secret");
        assertThatThrownBy(() -> session.auth().verify(Duration.ofMillis(500)))
            .isInstanceOf(IOException.class);
        assertThat(shown).isEqualTo(server.hostKey());
        assertThat(server.attempts()).isEmpty();
      }
    }
  }

  @Test
  void aRestartKeepsThePortAndTheKeyUnlessAnotherKeyIsAskedFor() throws Exception {
    try (EmbeddedSshServer server = EmbeddedSshServer.start(USERS)) {
      int port = server.port();
      String line = server.knownHostsLine();
      server.stop();
      assertThatThrownBy(() -> connect(server)).isInstanceOf(IOException.class);
      server.restart();
      connect(server).close();
      assertThat(server.port()).isEqualTo(port);
      assertThat(server.knownHostsLine()).isEqualTo(line);
      server.restartWithNewHostKey();
      assertThat(server.knownHostsLine()).isNotEqualTo(line);
    }
  }

  private ClientSession connect(EmbeddedSshServer server) throws IOException {
    return client.connect("amy", "127.0.0.1", server.port()).verify(DEADLINE).getSession();
  }
}
