package culvert.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SocksBind;
import culvert.it.peers.Socksify;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SOCKS BIND beside FTP sessions, through a real sshd to a real vsftpd. */
@RealPeers
class SocksBindIT {
  private static final int NOT_ALLOWED = 2;
  private static final int GENERAL_FAILURE = 1;
  private static final String ANY_5 = "00" + "01" + "00000000" + "0000";
  private static final String ANY_4 = "0000" + "00000000" + "00";

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  /** Junk destinations as clients send them. */
  @ParameterizedTest(name = "SOCKS {0}, {1}, active-mode {2}")
  @CsvSource({
    "5, 00010000000000, passive",
    "5, 0001000000010000, passive",
    "5, 0001666f6f2e0015, remote-forward",
    "5, 000303612f620000, passive",
    "4, 00000000000000, passive",
    "4, 00000000000100, remote-forward",
    "4, 0015666f6f2e00, passive"
  })
  void aBindIsMatchedByThePortThatNamesItAndCarriesTheFile(int version, String request, String mode)
      throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 3_000_000);
    String junk = version == 5 && request.length() == 14 ? request + "00" : request;
    try (Culvert culvert = Culvert.start(config(mode));
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        SocksBind bind = SocksBind.ask(version, culvert.port(), "127.0.0.1", junk)) {
      SocksBind.Answer first = bind.answer();
      assertThat(first.code()).isZero();
      assertThat(first.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
      assertThatThrownBy(() -> new Socket(first.address().getAddress(), first.address().getPort()))
          .isInstanceOf(ConnectException.class);

      assertThat(ftp.send(first.port())).startsWith("200 ");
      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      assertThat(bind.answer())
          .isEqualTo(
              new SocksBind.Answer(0, new InetSocketAddress(InetAddress.getLoopbackAddress(), 20)));
      assertThat(Sha256.of(bind.socket().getInputStream())).isEqualTo(file.content());
      assertThat(ftp.reply()).startsWith("226 ");
    }
  }

  @Test
  void anUploadOverABindArrivesWhole() throws Exception {
    try (Culvert culvert = Culvert.start(config("passive"));
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        SocksBind bind = SocksBind.ask(5, culvert.port(), "127.0.0.1", ANY_5)) {
      ftp.send(bind.answer().port());
      assertThat(ftp.send("STOR " + peers.home().getFileName() + "/file")).startsWith("150 ");
      assertThat(bind.answer().code()).isZero();
      bind.socket().getOutputStream().write("content".getBytes(US_ASCII));
      bind.socket().shutdownOutput();

      assertThat(ftp.reply()).startsWith("226 ");
      assertThat(Files.readString(peers.home().resolve("file"))).isEqualTo("content");
    }
  }

  @ParameterizedTest(name = "SOCKS {0}")
  @CsvSource({"5, " + ANY_5 + ", 2", "4, " + ANY_4 + ", 91"})
  void withoutAnFtpSessionNobodyBinds(int version, String request, int code) throws Exception {
    try (Culvert culvert = Culvert.start(config("passive"));
        SocksBind bind = SocksBind.ask(version, culvert.port(), "127.0.0.1", request)) {
      assertThat(bind.answer().code()).isEqualTo(code);
    }
  }

  @Test
  void anotherClientDoesNotBindBesideTheSession() throws Exception {
    try (Culvert culvert = Culvert.start(config("passive"));
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        SocksBind bind = SocksBind.ask(5, culvert.port(), "127.0.0.9", ANY_5)) {
      assertThat(bind.answer().code()).isEqualTo(NOT_ALLOWED);
      assertThat(ftp.send("NOOP")).startsWith("200 ");
    }
  }

  @Test
  void theEndOfTheSessionEndsTheBind() throws Exception {
    try (Culvert culvert = Culvert.start(config("passive"));
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        SocksBind bind = SocksBind.ask(5, culvert.port(), "127.0.0.1", ANY_5)) {
      assertThat(bind.answer().code()).isZero();
      assertThat(ftp.send("QUIT")).startsWith("221 ");

      assertThat(bind.answer().code()).isEqualTo(GENERAL_FAILURE);
    }
  }

  @Test
  void aBindServesOneTransfer() throws Exception {
    Files.writeString(peers.home().resolve("file"), "content");
    try (Culvert culvert = Culvert.start(config("passive"));
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        SocksBind bind = SocksBind.ask(5, culvert.port(), "127.0.0.1", ANY_5)) {
      String port = bind.answer().port();
      ftp.send(port);
      ftp.send("RETR " + peers.home().getFileName() + "/file");
      bind.answer();
      assertThat(bind.socket().getInputStream().readAllBytes()).asString().isEqualTo("content");
      assertThat(ftp.reply()).startsWith("226 ");

      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/file"))
          .isEqualTo("425 culvert: a BIND serves one transfer, use PORT again.");
    }
  }

  /** Dante's client turns the program's own listener into a BIND. */
  @ParameterizedTest(name = "SOCKS {0}, {1}")
  @CsvSource({"4, 198.51.100.7", "5, 198.51.100.7", "5, ftp.test"})
  void inetutilsFtpInActiveModeUnderDantesSocksify(int version, String host) throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), 3_000_000);
    TestFile upload = TestFile.create(peers.directory().resolve("upload"), 2_000_000);
    Path copy = peers.directory().resolve("copy");
    try (Culvert culvert = Culvert.start(config("passive"))) {
      Run<String> run =
          Socksify.ftp(
              peers.directory(),
              version,
              culvert.port(),
              host,
              peers.vsftpd().port(),
              "user " + TestAccount.USER + " " + TestAccount.password(),
              "binary",
              "cd " + peers.home().getFileName(),
              "get file " + copy,
              "put " + upload.path() + " arrived",
              "ls",
              "quit");

      assertThat(run.exitCode()).as(run.output() + run.errors()).isZero();
      assertThat(copy).as(run.output() + run.errors()).exists();
      assertThat(Sha256.of(copy)).as(run.output() + run.errors()).isEqualTo(file.content());
      assertThat(Sha256.of(peers.home().resolve("arrived"))).isEqualTo(upload.content());
      assertThat(run.output()).contains("arrived");
    }
  }

  private TestConfig config(String mode) throws IOException {
    return peers
        .config()
        .rule("target", "localhost:" + peers.vsftpd().port())
        .rule("ftp", "{ active-mode: " + mode + " }");
  }
}
