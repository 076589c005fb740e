package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code culvert tunnel}: {@code -L ftp/1234:localhost:21} and {@code -R ftp/2121:localhost:21}
 * from the command line, for FTP clients without any proxy setting.
 */
@RealPeers
@AnyTransport
class CommandLineTunnelIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension
  final Peers peers = new Peers().withSshd().withVsftpd("ftpd_banner=The real greeting");

  private final int port = FreePorts.next(); // of the tunnel
  private SshKey key;
  private Process culvert;

  @BeforeEach
  void start() throws Exception {
    key = SshKey.create(peers.directory().resolve("key"));
    peers.sshd().authorize(key.publicLine());
    Files.createDirectories(peers.directory().resolve(".ssh"));
    Files.writeString(
        peers.directory().resolve(".ssh/known_hosts"), peers.sshd().knownHostsLine() + "\n");
  }

  @Test
  void localFtpTunnelsCarryControlAndDataToTheSshServersLocalhost() throws Exception {
    tunnel("-i", key.path().toString(), "-L", ftp(), TestAccount.USER + "@127.0.0.1");
    awaitOutput("connected to " + TestAccount.USER + "@127.0.0.1, port " + peers.sshd().port());
    awaitOutput("culvert ready: tunnel 127.0.0.1:" + port);

    filesGoBothWaysInPassiveAndActiveMode();

    assertThat(peers.sshd().directTcpipTargets())
        .contains("localhost:" + peers.vsftpd().port())
        .allMatch(target -> target.startsWith("localhost:"));
    try (FtpDialogue ftp = new FtpDialogue(connect(port))) {
      assertThat(ftp.reply()).as("nothing is captured").isEqualTo("220 The real greeting");
    }
    endsCleanly("TERM");
  }

  @Test
  void signalsThatMeanNothingEndNothingAndATerminalThatClosesEndsItInOrder() throws Exception {
    tunnel("-i", key.path().toString(), "-L", ftp(), TestAccount.USER + "@127.0.0.1");
    awaitOutput("culvert ready: tunnel 127.0.0.1:" + port);

    signal("USR1");
    signal("USR2");

    await("both are told").atMost(PATIENCE).until(() -> errors().contains("SIGUSR2 means nothing"));
    try (FtpDialogue ftp = new FtpDialogue(connect(port))) {
      assertThat(ftp.reply()).startsWith("220 ");
    }
    endsCleanly("HUP");
    assertThat(output()).contains("stopping: ");
  }

  @Test
  void withoutAUserTheFtpLoginOpensTheTunnel() throws Exception {
    tunnel("-L", ftp(), "127.0.0.1");
    awaitOutput("culvert ready: tunnel 127.0.0.1:" + port);

    filesGoBothWaysInPassiveAndActiveMode();

    assertThat(peers.sshd().log()).contains("Accepted password for " + TestAccount.USER);
    endsCleanly("INT");
  }

  @Test
  void remoteFtpTunnelsServeClientsOnTheSshServer() throws Exception {
    tunnel("-i", key.path().toString(), "-R", ftp(), TestAccount.USER + "@127.0.0.1");
    awaitOutput(
        "remote-tunnel ready: 127.0.0.1:" + peers.sshd().port() + " listens on 127.0.0.1:" + port);

    filesGoBothWaysInPassiveAndActiveMode();

    assertThat(peers.sshd().count("forwarded-tcpip")).isPositive();
    endsCleanly("TERM");
  }

  @Test
  void aRemoteTunnelWaitsForItsServerAndSaysSo() throws Exception {
    peers.sshd().stop();
    tunnel("-i", key.path().toString(), "-R", ftp(), TestAccount.USER + "@127.0.0.1");
    awaitOutput("remote-tunnel down: ssh server 127.0.0.1:" + peers.sshd().port());
    awaitOutput("next attempt in 1 s");

    peers.sshd().restart();

    awaitOutput("remote-tunnel ready:");
  }

  @Test
  void aTcpTunnelIsOneWithoutTheWordFtp() throws Exception {
    tunnel(
        "-i",
        key.path().toString(),
        "-L",
        port + ":localhost:" + peers.vsftpd().port(),
        TestAccount.USER + "@127.0.0.1");
    awaitOutput("culvert ready: tunnel 127.0.0.1:" + port);

    try (FtpDialogue raw = new FtpDialogue(connect(port))) {
      assertThat(raw.reply()).isEqualTo("220 The real greeting");
      assertThat(raw.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      int data = raw.passivePort();
      assertThat(peers.vsftpd().passivePorts()).as("relayed untouched").containsExactly(data);
    }
  }

  @Test
  void aChangedHostKeyEndsItWithoutATunnel() throws Exception {
    peers.sshd().newHostKey();
    peers.sshd().restart();

    tunnel("-i", key.path().toString(), "-L", ftp(), TestAccount.USER + "@127.0.0.1");

    assertThat(culvert.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(culvert.exitValue()).isEqualTo(1);
    assertThat(errors()).contains("host key of [127.0.0.1]:" + peers.sshd().port());
    assertThat(refuses()).isTrue();
  }

  private void filesGoBothWaysInPassiveAndActiveMode() throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 2_000_000);
    for (String mode : List.of("--ftp-pasv", "--disable-epsv", "--ftp-port 127.0.0.1")) {
      CurlClient curl =
          CurlClient.direct(TestAccount.USER, TestAccount.password()).with(mode.split(" "));
      String url = "ftp://127.0.0.1:" + port + "/" + peers.home().getFileName() + "/file";

      Run<String> up = curl.text("--upload-file", file.path().toString(), url);
      assertThat(up).as(mode).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(peers.home().resolve("file"))).as(mode).isEqualTo(file.content());
      assertThat(curl.digest(url)).as(mode).isEqualTo(new Run<>(0, file.content(), ""));
      Files.delete(peers.home().resolve("file"));
    }
  }

  private void endsCleanly(String signal) throws Exception {
    signal(signal);
    assertThat(culvert.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(culvert.exitValue()).isZero();
    await("no listener is left").atMost(PATIENCE).until(this::refuses);
  }

  private void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(culvert.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private String ftp() {
    return "ftp/" + port + ":localhost:" + peers.vsftpd().port();
  }

  private void tunnel(String... arguments) throws IOException {
    List<String> line =
        new ArrayList<>(List.of("tunnel", "-p", Integer.toString(peers.sshd().port())));
    line.addAll(List.of(arguments));
    ProcessBuilder builder =
        CulvertProcess.builder(line)
            .redirectOutput(peers.directory().resolve("out").toFile())
            .redirectError(peers.directory().resolve("err").toFile());
    builder.environment().put("HOME", peers.directory().toString());
    builder.environment().put("_JAVA_SR_SIGNUM", "64");
    culvert = builder.start();
    peers.add(() -> culvert.destroyForcibly().waitFor());
  }

  private void awaitOutput(String text) {
    await(text).atMost(PATIENCE).until(() -> output().contains(text));
  }

  private String output() throws IOException {
    return Files.readString(peers.directory().resolve("out"));
  }

  private String errors() throws IOException {
    return Files.readString(peers.directory().resolve("err"));
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private boolean refuses() {
    try (Socket socket = connect(port)) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }
}
