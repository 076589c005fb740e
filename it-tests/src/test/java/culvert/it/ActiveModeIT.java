package culvert.it;

import static culvert.it.TestFile.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.PythonFtp;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients in active mode, converted to passive mode towards a real vsftpd behind a real sshd. */
@RealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActiveModeIT {
  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd().withCulvert();

  /** What the server saw was passive mode, and every data connection that it got was tunnelled. */
  @AfterEach
  void everythingWentThroughTheTunnel() throws IOException {
    List<Integer> data = new ArrayList<>(peers.sshd().directTcpipPorts());
    data.removeIf(port -> port == peers.vsftpd().port());
    assertThat(peers.vsftpd().passivePorts()).containsAll(data);
    assertThat(peers.vsftpd().log()).doesNotContain("\"PORT ", "\"EPRT ");
  }

  @ParameterizedTest(name = "{0} {1}, {2} bytes")
  @CsvSource({
    "--socks5-hostname, --eprt, 0",
    "--socks5-hostname, --eprt, 1",
    "--socks5-hostname, --eprt, 31457280",
    "--socks5-hostname, --disable-eprt, 1048576",
    "--socks4, --disable-eprt, 1048576"
  })
  void curlsFilesGoUpAndDownWhole(String proxy, String eprt, long length) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("file"), length);
    CurlClient curl =
        CurlClient.through(proxy, peers.culvert().port(), TestAccount.USER, TestAccount.password())
            .with("--ftp-port", "-", eprt);

    Run<String> up = curl.text("--upload-file", file.path().toString(), peers.url("arrived"));
    Run<Sha256> down = curl.digest(peers.url("arrived"));
    Run<String> list = curl.text("--list-only", peers.url(""));

    assertThat(up).isEqualTo(new Run<>(0, "", ""));
    assertThat(Sha256.of(peers.home().resolve("arrived"))).isEqualTo(file.content());
    assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(list.output().lines()).containsExactly("arrived");
  }

  @Test
  void curlsFilesComeDownOneAfterTheOther() throws Exception {
    TestFile one = TestFile.create(peers.home().resolve("one"), 3 * MIB);
    Files.writeString(peers.home().resolve("two"), "two");
    CurlClient curl = peers.culvert().curl();
    Path first = peers.directory().resolve("first");

    Run<String> run =
        curl.text(
            "--ftp-port", "-", "--output", first.toString(), peers.url("one"), peers.url("two"));

    assertThat(run).isEqualTo(new Run<>(0, "two", ""));
    assertThat(Sha256.of(first)).isEqualTo(one.content());
  }

  @ParameterizedTest(name = "SOCKS {0}")
  @ValueSource(ints = {4, 5})
  void pythonsFtplib(int version) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("file"), 2 * MIB);
    Path copy = peers.directory().resolve("copy");
    Path home = peers.home();

    Run<String> up = python(version, "active-upload", "python", file.path());
    Run<String> down = python(version, "active-download", "python", copy);
    Run<String> list = python(version, "active-list", "", "");

    assertThat(up.exitCode()).as(up.errors()).isZero();
    assertThat(down.exitCode()).as(down.errors()).isZero();
    assertThat(Sha256.of(copy)).isEqualTo(file.content());
    assertThat(list.output()).contains(home.getFileName().toString());
    Files.delete(home.resolveSibling("python"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PORT 127,0,0,9,195,80", // a bounce
        "PORT 192,0,2,1,195,80", // FXP
        "EPRT |1|192.0.2.1|50000|",
        "EPRT |2|2001:db8::1|50000|",
        "PORT 127,0,0,1,0,22",
        "PORT 127,0,0,1,3,255",
        "EPRT |1|127.0.0.1|1023|"
      })
  void onlyTheClientsOwnPortsAreCalled(String command) throws Exception {
    try (FtpDialogue ftp = peers.culvert().login(peers.vsftpd().port())) {
      assertThat(ftp.send(command))
          .isEqualTo("500 Illegal " + command.substring(0, 4) + " command.");
      assertThat(ftp.send("NOOP")).startsWith("200 ");
    }
  }

  @Test
  void culvertDoesNotCallItself() throws Exception {
    try (FtpDialogue ftp = peers.culvert().login(peers.vsftpd().port())) {
      assertThat(ftp.send("EPRT |1|127.0.0.1|" + peers.culvert().port() + "|")).startsWith("200 ");
      assertThat(ftp.send("LIST"))
          .isEqualTo("425 culvert: port " + peers.culvert().port() + ": Culvert's own listener");
    }
  }

  @Test
  void aClientThatDoesNotListenGetsNoEmptyFileOnTheServer() throws Exception {
    int port = FreePorts.next();
    try (FtpDialogue ftp = peers.culvert().login(peers.vsftpd().port())) {
      assertThat(ftp.send("EPRT |1|127.0.0.1|" + port + "|")).startsWith("200 ");
      assertThat(ftp.send("STOR " + peers.home().getFileName() + "/file"))
          .isEqualTo("425 culvert: 127.0.0.1:" + port + ": connection refused");
      assertThat(peers.home().resolve("file")).doesNotExist();
      assertThat(ftp.send("NOOP")).startsWith("200 ");
    }
  }

  @Test
  void anUploadThatTheClientBreaksOffIs426AndTheServerIsTold() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        FtpDialogue ftp = peers.culvert().login(peers.vsftpd().port())) {
      listener.setSoTimeout(20_000);
      ftp.send("EPRT |1|127.0.0.1|" + listener.getLocalPort() + "|");
      assertThat(ftp.send("STOR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      Socket data = listener.accept();
      OutputStream out = data.getOutputStream();
      out.write(new byte[200_000]);
      Awaitility.await().until(() -> Files.size(peers.home().resolve("file")) > 0);
      data.setSoLinger(true, 0);
      data.close();

      assertThat(ftp.reply()).startsWith("426 ");
      assertThat(ftp.send("NOOP")).startsWith("200 ");
      assertThat(peers.vsftpd().log()).contains("\"ABOR\"");
    }
  }

  @Test
  void afterEpsvAllTheServerIsAskedWithEpsvOnly() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        FtpDialogue ftp = peers.culvert().login(peers.vsftpd().port())) {
      listener.setSoTimeout(20_000);
      assertThat(ftp.send("EPSV ALL")).startsWith("200 ");
      assertThat(ftp.send("EPRT |1|127.0.0.1|" + listener.getLocalPort() + "|"))
          .isEqualTo("200 EPRT command successful.");
      assertThat(ftp.send("NLST " + peers.home().getFileName())).startsWith("150 ");
      listener.accept().close();
      assertThat(ftp.reply()).startsWith("226 ");
    }
  }

  private Run<String> python(int version, String action, String name, Object file)
      throws IOException {
    return PythonFtp.run(
        peers.directory(),
        version,
        peers.culvert().port(),
        "127.0.0.1",
        peers.vsftpd().port(),
        TestAccount.USER,
        TestAccount.password(),
        action,
        name,
        file);
  }
}
