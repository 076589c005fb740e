package culvert.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import culvert.it.script.DataPort;
import culvert.it.script.FakeServer;
import culvert.it.script.ServerControl;
import culvert.it.script.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code remote-tunnel:} listeners: the FTP client is on the SSH server's host and connects to its
 * localhost, the FTP server is here.
 */
@RealPeers
class RemoteTunnelIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern PASSIVE =
      Pattern.compile("227 [^(]*\\(127,0,0,1,(\\d+),(\\d+)\\).*");

  @RegisterExtension
  final Peers peers = new Peers().withSshd().withVsftpd("ftpd_banner=The real greeting");

  private final int port = FreePorts.next(); // on the SSH server
  private TestConfig config;
  private Culvert culvert;

  @BeforeEach
  void start() throws Exception {
    SshKey key = SshKey.create(peers.directory().resolve("key"));
    peers.sshd().authorize(key.publicLine());
    config =
        peers
            .config()
            .profile("user", TestAccount.USER)
            .profile("authentication", "publickey")
            .profile("identity-file", key.path());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--ftp-pasv", "--disable-epsv"})
  void anFtpClientOnTheSshServerReachesTheFtpServerHere(String mode) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 5_000_000);
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    awaitListener();
    CurlClient curl = CurlClient.direct(TestAccount.USER, TestAccount.password()).with(mode);

    Run<String> up = curl.text("--upload-file", file.path().toString(), url("file"));
    Run<Sha256> down = curl.digest(url("file"));
    Run<String> list = curl.text("--list-only", url(""));

    assertThat(up).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(peers.home().resolve("file"))).isEqualTo(file.content());
    assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(list.output().lines()).containsExactly("file");
    assertThat(peers.sshd().directTcpipPorts()).isEmpty();
    assertThat(peers.sshd().count("forwarded-tcpip")).isPositive();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--eprt", "--disable-eprt"})
  void anActiveClientOnTheSshServerIsCalledThere(String eprt) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 2_000_000);
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    awaitListener();
    CurlClient curl =
        CurlClient.direct(TestAccount.USER, TestAccount.password()).with("--ftp-port", "-", eprt);

    Run<String> up = curl.text("--upload-file", file.path().toString(), url("file"));
    Run<Sha256> down = curl.digest(url("file"));

    assertThat(up).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(peers.home().resolve("file"))).isEqualTo(file.content());
    assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(peers.sshd().directTcpipTargets()).as("the client's ports").hasSize(2);
    assertThat(peers.vsftpd().log()).contains("\"EPSV\"").doesNotContain("\"EPRT ", "\"PORT ");
  }

  @Test
  void the227NamesASecondForwardOfTheSshServersThatServesOnce() throws Exception {
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    try (FtpDialogue ftp = login()) {
      int data = port(ftp.send("PASV"));

      assertThat(peers.vsftpd().passivePorts()).doesNotContain(data);
      try (Socket first = connect(data)) {
        assertThat(ftp.send("NLST")).startsWith("150 ");
        assertThat(first.getInputStream().readAllBytes()).isEmpty();
        assertThat(ftp.reply()).startsWith("226 ");
      }
      await("the forward is cancelled").atMost(PATIENCE).until(() -> refuses(data));
    }
  }

  @Test
  void aNewAnnouncementAndTheEndOfTheSessionCancelTheForward() throws Exception {
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    int second;
    try (FtpDialogue ftp = login()) {
      int first = ftp.passivePort();
      second = ftp.passivePort();
      await().atMost(PATIENCE).until(() -> refuses(first));
    }
    await().atMost(PATIENCE).until(() -> refuses(second));
  }

  /** OpenSSH ends the client's data connection in order, whatever ended the channel. */
  @Test
  void aDownloadThatBreaksIsToldByItsReplyAlone() throws Exception {
    try (FakeServer server = new FakeServer("127.0.0.1")) {
      culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp", server.port()))));
      Socket first =
          await("the SSH server listens")
              .atMost(PATIENCE)
              .ignoreExceptionsInstanceOf(IOException.class)
              .until(() -> connect(port), Socket::isConnected);
      try (FtpDialogue ftp = new FtpDialogue(first);
          ServerControl control = server.accept().reply("220 hello");
          DataPort passive = server.listen()) {
        assertThat(ftp.reply()).isEqualTo("220 hello");
        ftp.sendOnly("PASV");
        control.expect("PASV").reply("227 Entering Passive Mode (" + passive.sixNumbers() + ")");
        try (Socket data = connect(port(ftp.reply()))) {
          ftp.sendOnly("RETR file");
          control.expect("RETR file").reply("150 here it comes");
          assertThat(ftp.reply()).startsWith("150 ");
          Wire sender = passive.accept();
          sender.write("half");
          assertThat(data.getInputStream().readNBytes(4)).asString(US_ASCII).isEqualTo("half");

          sender.reset();

          assertThat(data.getInputStream().read()).isNegative();
          control.reply("426 Failure writing network stream.");
          assertThat(ftp.reply()).isEqualTo("426 Failure writing network stream.");
        }
      }
    }
  }

  @Test
  void aListenerOnEveryAddressNamesTheServersOwnIn227() throws Exception {
    try (RealSshd open = RealSshd.start("GatewayPorts clientspecified")) {
      open.authorize(Files.readString(peers.directory().resolve("key.pub")).strip());
      Files.writeString(peers.directory().resolve("known_hosts"), open.knownHostsLine() + "\n");
      culvert =
          Culvert.start(
              config
                  .profile("port", open.port())
                  .listeners(tunnel("ftp").replace(": " + port, ": '0.0.0.0:" + port + "'")));
      try (FtpDialogue ftp = login()) {
        int data = port(ftp.send("PASV"));
        try (Socket list = connect(data)) {
          assertThat(ftp.send("NLST")).startsWith("150 ");
          assertThat(list.getInputStream().readAllBytes()).isEmpty();
        }
      }
    }
  }

  @Test
  void aPortOfSomebodyElseIsRefused() throws Exception {
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    try (FtpDialogue ftp = login()) {
      assertThat(ftp.send("PORT 127,0,0,2,200,1")).startsWith("500 ");
      assertThat(ftp.send("PORT 127,0,0,1,0,22")).startsWith("500 ");
    }
    assertThat(peers.sshd().directTcpipTargets()).isEmpty();
  }

  @Test
  void aTcpTunnelCarriesAnything() throws Exception {
    culvert = peers.add(Culvert.start(config.listeners(tunnel("tcp"))));
    try (FtpDialogue raw = login()) {
      int data = raw.passivePort();
      assertThat(peers.vsftpd().passivePorts()).as("relayed untouched").containsExactly(data);
    }
  }

  @Test
  void aServerThatIsDownAtStartIsTriedAgain() throws Exception {
    peers.sshd().stop();
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    assertThat(refuses(port)).isTrue();

    peers.sshd().restart();

    try (FtpDialogue ftp = login()) {
      assertThat(ftp.send("NOOP")).startsWith("200 ");
    }
  }

  @Test
  void afterTheDeathOfItsSessionTheTunnelComesBack() throws Exception {
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    try (FtpDialogue ftp = login()) {
      assertThat(ftp.send("NOOP")).startsWith("200 ");

      peers.sshd().stop();
      assertThat(hasEnded(ftp)).isTrue();
      await().atMost(PATIENCE).until(() -> refuses(port));
      peers.sshd().restart();

      try (FtpDialogue again = login()) {
        assertThat(again.send("NOOP")).startsWith("200 ");
      }
    }
  }

  @Test
  void noListenerIsLeftBehind() throws Exception {
    culvert = peers.add(Culvert.start(config.listeners(tunnel("ftp"))));
    awaitListener();

    culvert.close();

    await().atMost(PATIENCE).until(() -> refuses(port));
  }

  private String tunnel(String protocol) {
    return tunnel(protocol, peers.vsftpd().port());
  }

  private String tunnel(String protocol, int target) {
    return "remote-tunnel: %d, protocol: %s, profile: gate, target: '127.0.0.1:%d'"
        .formatted(port, protocol, target);
  }

  private String url(String file) {
    return "ftp://127.0.0.1:" + port + "/" + peers.home().getFileName() + "/" + file;
  }

  private void awaitListener() {
    await("the SSH server listens").atMost(PATIENCE).until(() -> !refuses(port));
  }

  private FtpDialogue login() throws Exception {
    awaitListener();
    FtpDialogue ftp = new FtpDialogue(connect(port));
    assertThat(ftp.reply()).isEqualTo("220 The real greeting");
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
    assertThat(ftp.send("CWD " + peers.home())).startsWith("250 ");
    return ftp;
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static boolean hasEnded(FtpDialogue ftp) {
    try {
      return ftp.send("NOOP").isEmpty();
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean refuses(int port) {
    try (Socket socket = connect(port)) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  private static int port(String reply) {
    Matcher matcher = PASSIVE.matcher(reply);
    assertThat(matcher.matches()).as(reply).isTrue();
    return Integer.parseInt(matcher.group(1)) * 256 + Integer.parseInt(matcher.group(2));
  }
}
