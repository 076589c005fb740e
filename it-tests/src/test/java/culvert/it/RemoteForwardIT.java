package culvert.it;

import static culvert.it.TestFile.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.PythonFtp;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Active mode through remote forwards of a real sshd, to which a real vsftpd connects. */
@RealPeers
class RemoteForwardIT {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** What curl says when its own time is up. */
  private static final int TIMED_OUT = 28;

  /** What the FTP server was told. */
  private static final Pattern TOLD = Pattern.compile("\"PORT 127,0,0,1,(\\d+),(\\d+)\"");

  @RegisterExtension final Peers peers = new Peers().withVsftpd();

  @ParameterizedTest(name = "{0}, {1} bytes")
  @CsvSource({"--eprt, 0", "--eprt, 1048576", "--disable-eprt, 20971520"})
  void activeModeWithARemoteForwardOnTheSshServersLocalhost(String eprt, long length)
      throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("file"), length);
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(config(sshd, "localhost"))) {
      CurlClient curl = culvert.curl().with("--ftp-port", "-", eprt);

      Run<String> up = curl.text("--upload-file", file.path().toString(), peers.url("arrived"));
      Run<Sha256> down = curl.digest(peers.url("arrived"));

      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(peers.home().resolve("arrived"))).isEqualTo(file.content());
      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(peers.vsftpd().log())
          .contains(eprt.equals("--eprt") ? "\"EPRT |1|127" : "\"PORT 127,0");
      assertThat(peers.vsftpd().passivePorts()).isEmpty();
      assertThat(sshd.directTcpipPorts()).containsOnly(peers.vsftpd().port());
      assertThat(sshd.count("forwarded-tcpip")).isPositive();
    }
  }

  @Test
  void pythonsFtplib() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 3 * MIB);
    Path copy = peers.directory().resolve("copy");
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(config(sshd, "127.0.0.1"))) {
      Run<String> down =
          PythonFtp.run(
              peers.directory(),
              5,
              culvert.port(),
              "127.0.0.1",
              peers.vsftpd().port(),
              TestAccount.USER,
              TestAccount.password(),
              "active-download",
              peers.home().getFileName() + "/file",
              copy);

      assertThat(down.exitCode()).as(down.errors()).isZero();
      assertThat(Sha256.of(copy)).isEqualTo(file.content());
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"AllowTcpForwarding local", "PermitListen none"})
  void aServerThatForbidsItIsNamedAndTheSessionGoesOn(String option) throws Exception {
    try (RealSshd sshd = RealSshd.start(option);
        Culvert culvert = Culvert.start(config(sshd, "localhost"));
        ServerSocket listener = listener();
        FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
      assertThat(ftp.send("EPRT |1|127.0.0.1|" + listener.getLocalPort() + "|"))
          .startsWith("425 culvert: ssh server 127.0.0.1:" + sshd.port() + ": ");
      assertThat(ftp.send("NOOP")).startsWith("200 ");
      assertThat(peers.vsftpd().log()).doesNotContain("\"EPRT ", "\"PORT ");
    }
  }

  @Test
  void oneForwardServesOneConnectionOfTheFtpServerOnly() throws Exception {
    Files.writeString(peers.home().resolve("file"), "content");
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(config(sshd, "localhost"));
        ServerSocket listener = listener();
        FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
      assertThat(ftp.send(port(listener))).startsWith("200 ");
      int forward = told();
      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      try (Socket data = listener.accept()) {
        assertThat(data.getInputStream().readAllBytes()).asString().isEqualTo("content");
      }
      assertThat(ftp.reply()).startsWith("226 ");
      isClosed(forward);
    }
  }

  /** As curl's own test server does. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--eprt", "--disable-eprt"})
  void curlWithAServerThatConnectsWhenItIsToldThePort(String eprt) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("file"), MIB);
    try (RealSshd sshd = RealSshd.start();
        EagerServer server = EagerServer.start();
        Culvert culvert = Culvert.start(config(sshd, "localhost", server.port()))) {
      CurlClient curl = culvert.curl().with("--ftp-port", "-", eprt);
      String url = "ftp://127.0.0.1:" + server.port() + "/file";

      assertThat(curl.text("--upload-file", file.path().toString(), url))
          .isEqualTo(new Run<>(0, "", ""));
      assertThat(curl.digest(url)).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(server.commands()).contains("STOR file", "RETR file");
      assertThat(sshd.count("forwarded-tcpip")).isPositive();
    }
  }

  @Test
  void curlDoesNotWaitForAServerThatNeverConnects() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        EagerServer server = EagerServer.thatNeverConnects();
        Culvert culvert = Culvert.start(config(sshd, "localhost", server.port()))) {
      String url = "ftp://127.0.0.1:" + server.port() + "/";

      Run<String> list = culvert.curl().with("--ftp-port", "-").text(url);

      assertThat(list.exitCode()).isNotIn(0, TIMED_OUT);
      assertThat(server.commands()).contains("LIST");
    }
  }

  @Test
  void aForwardEndsWithTheTransferThatTheServerRefuses() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(config(sshd, "localhost"));
        ServerSocket listener = listener();
        FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
      ftp.send(port(listener));
      int forward = told();
      assertThat(ftp.send("RETR nothing")).startsWith("550 ");
      isClosed(forward);
    }
  }

  @Test
  void aForwardEndsWithItsSession() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(config(sshd, "localhost"));
        ServerSocket listener = listener()) {
      int forward;
      try (FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
        ftp.send(port(listener));
        forward = told();
      }
      isClosed(forward);
    }
  }

  @Test
  void anUploadThatTheClientBreaksOffIs426AndTheServerIsTold() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(config(sshd, "localhost"));
        ServerSocket listener = listener();
        FtpDialogue ftp = culvert.login(peers.vsftpd().port())) {
      ftp.send(port(listener));
      ftp.sendOnly("STOR " + peers.home().getFileName() + "/file");
      Socket data = listener.accept();
      assertThat(ftp.reply()).startsWith("150 ");
      OutputStream out = data.getOutputStream();
      out.write(new byte[200_000]);
      Awaitility.await().atMost(DEADLINE).until(() -> Files.size(peers.home().resolve("file")) > 0);
      data.setSoLinger(true, 0);
      data.close();

      assertThat(ftp.reply()).startsWith("426 ");
      assertThat(ftp.send("NOOP")).startsWith("200 ");
      assertThat(peers.vsftpd().log()).contains("\"ABOR\"");
    }
  }

  /**
   * To Culvert this host's own name is a name like any other: the FTP server is told where the SSH
   * server was reached, and the SSH server must be willing to listen there.
   */
  @Test
  void anFtpServerBesideTheSshServerNeedsGatewayPorts() throws Exception {
    InetAddress here = InetAddress.getLocalHost();
    assumeThat(here.isLoopbackAddress()).as(here + " is loopback").isTrue();
    TestFile file = TestFile.create(peers.home().resolve("file"), MIB);
    try (RealVsftpd beside = RealVsftpd.startAt(here.getHostAddress(), FreePorts.next());
        RealSshd sshd = RealSshd.start("GatewayPorts clientspecified");
        Culvert culvert =
            Culvert.start(
                config(sshd, "localhost", beside.port())
                    .rule("target", here.getHostName() + ":" + beside.port()))) {
      String url = "ftp://127.0.0.1:" + beside.port() + "/" + peers.home().getFileName() + "/file";

      assertThat(culvert.curl().with("--ftp-port", "-").digest(url))
          .isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(beside.log()).contains("\"EPRT |1|127.0.0.1|");
      assertThat(beside.passivePorts()).isEmpty();
    }
  }

  @Test
  void onAnIpv6LoopbackTheServerIsToldWithEprt() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), MIB);
    try (RealVsftpd ipv6 =
            RealVsftpd.startAt(
                "::1", FreePorts.next(), "listen=NO", "listen_ipv6=YES", "listen_address6=::1");
        RealSshd sshd = RealSshd.start();
        Culvert culvert = Culvert.start(config(sshd, "[::1]", ipv6.port()))) {
      String url = "ftp://127.0.0.1:" + ipv6.port() + "/" + peers.home().getFileName() + "/file";

      assertThat(culvert.curl().with("--ftp-port", "-", "--disable-eprt").digest(url))
          .isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(ipv6.log()).contains("\"EPRT |2|");
    }
  }

  @Test
  void withoutATunnelItIsPassiveMode() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), MIB);
    try (Culvert culvert =
        Culvert.start(
            "listeners: [{ socks: 127.0.0.1:0 }]\n"
                + "rules: [{ match: {}, action: direct }]\n"
                + ("ftp: { ports: " + peers.vsftpd().port() + ", active-mode: remote-forward }\n")
                + ("state-directory: " + peers.directory().resolve("state") + "\n"))) {
      assertThat(culvert.curl().with("--ftp-port", "-").digest(peers.url("file")))
          .isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(peers.vsftpd().log()).contains("\"EPSV\"").doesNotContain("\"EPRT ");
    }
  }

  /** The port of the last PORT that the FTP server saw. */
  private int told() throws IOException {
    Matcher matcher = TOLD.matcher(peers.vsftpd().log());
    int port = 0;
    while (matcher.find()) {
      port = Integer.parseInt(matcher.group(1)) * 256 + Integer.parseInt(matcher.group(2));
    }
    assertThat(port).isPositive();
    return port;
  }

  private static void isClosed(int forward) {
    Awaitility.await("nobody listens on " + forward)
        .atMost(DEADLINE)
        .until(
            () -> {
              try {
                new Socket(InetAddress.getLoopbackAddress(), forward).close();
                return false;
              } catch (ConnectException e) {
                return true;
              }
            });
  }

  private TestConfig config(RealSshd sshd, String target) throws IOException {
    return config(sshd, target, peers.vsftpd().port());
  }

  private TestConfig config(RealSshd sshd, String target, int ftpPort) throws IOException {
    return peers
        .config(sshd, ftpPort)
        .rule("target", "'" + target + ":" + ftpPort + "'")
        .rule("ftp", "{ active-mode: remote-forward }");
  }

  private static ServerSocket listener() throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    listener.setSoTimeout((int) DEADLINE.toMillis());
    return listener;
  }

  private static String port(ServerSocket listener) {
    int port = listener.getLocalPort();
    return "PORT 127,0,0,1," + port / 256 + "," + port % 256;
  }
}
