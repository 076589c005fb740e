package culvert.it.peers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.Peers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What vsftpd, proftpd and pure-ftpd do by themselves, and Culvert's FTP part relies on. */
@RealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@AnyTransport
class ServerFactsIT {
  private static final int SILENCE_MILLIS = 1_500;
  private static final long MORE_THAN_ALL_BUFFERS = 200L << 20;

  @RegisterExtension final Peers peers = new Peers();
  private RealVsftpd vsftpd;
  private RealProftpd proftpd;
  private RealPureFtpd pureFtpd;

  @BeforeAll
  void start() throws IOException {
    vsftpd = peers.add(RealVsftpd.start());
    proftpd = peers.add(RealProftpd.start());
    pureFtpd = peers.add(RealPureFtpd.start());
  }

  @BeforeEach
  void create() throws IOException {
    try (RandomAccessFile large =
        new RandomAccessFile(peers.home().resolve("large").toFile(), "rw")) {
      large.setLength(MORE_THAN_ALL_BUFFERS);
    }
  }

  @Test
  void vsftpdRefusesAllBeforeLoginButFeatAndOpts() throws IOException {
    try (FtpDialogue ftp = dialogue(vsftpd)) {
      ftp.reply();
      for (String command : List.of("SYST", "NOOP", "CLNT test", "HOST h", "PWD", "ACCT a")) {
        assertThat(ftp.send(command)).isEqualTo("530 Please login with USER and PASS.");
      }
      assertThat(ftp.send("FEAT")).startsWith("211-");
      assertThat(ftp.send("OPTS UTF8 ON")).startsWith("200 ");
      assertThat(ftp.send("AUTH TLS")).startsWith("530 ");
      assertThat(ftp.send("PASS x")).isEqualTo("503 Login with USER first.");
    }
  }

  @Test
  void proftpdAnswersSystFeatNoopClntOptsAndHostBeforeLogin() throws IOException {
    try (FtpDialogue ftp = dialogue(proftpd)) {
      ftp.reply();
      assertThat(ftp.send("SYST")).startsWith("215 ");
      assertThat(ftp.send("FEAT")).startsWith("211-");
      assertThat(ftp.send("NOOP")).startsWith("200 ");
      assertThat(ftp.send("CLNT test")).startsWith("200 ");
      assertThat(ftp.send("OPTS UTF8 ON")).startsWith("200 ");
      assertThat(ftp.send("HOST 127.0.0.1")).matches("(220|504) .*");
      assertThat(ftp.send("PWD")).startsWith("530 ");
    }
  }

  @Test
  void pureFtpdGreetsInFiveLinesAndAnswersNoopAcctAndSystBeforeLogin() throws IOException {
    try (FtpDialogue ftp = dialogue(pureFtpd)) {
      assertThat(ftp.reply().lines()).hasSizeGreaterThanOrEqualTo(5);
      assertThat(ftp.send("NOOP")).startsWith("200 ");
      assertThat(ftp.send("ACCT a")).startsWith("202 ");
      assertThat(ftp.send("SYST")).startsWith("215 ");
      assertThat(ftp.send("PWD")).startsWith("530 ");
    }
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("servers")
  void aPortThatIsNotThePeersAddressIsRefused(String name, RealFtpServer server)
      throws IOException {
    try (FtpDialogue ftp = login(server)) {
      assertThat(ftp.send("PORT 192,0,2,7,200,1")).startsWith("500 ");
      assertThat(ftp.send("EPRT |1|192.0.2.7|51201|")).startsWith("500 ");
      // proftpd takes a private address for one behind NAT, and connects to the peer's
      assertThat(ftp.send("PORT 10,1,2,3,200,1")).startsWith(server == proftpd ? "200 " : "500 ");
    }
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("servers")
  void onlyVsftpdInsistsOnTheBarInEprt(String name, RealFtpServer server) throws IOException {
    try (FtpDialogue ftp = login(server)) {
      assertThat(ftp.send("EPRT |1|127.0.0.1|51201|")).startsWith("200 ");
      assertThat(ftp.send("EPRT #1#127.0.0.1#51201#"))
          .startsWith(server == vsftpd ? "500 " : "200 ");
    }
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("servers")
  void afterEpsvAllVsftpdAndProftpdRefusePasvAndAllRefusePort(String name, RealFtpServer server)
      throws IOException {
    try (FtpDialogue ftp = login(server)) {
      assertThat(ftp.send("EPSV ALL")).startsWith("2");
      assertThat(ftp.send("PASV")).startsWith(server == pureFtpd ? "227 " : "5");
      assertThat(ftp.send("PORT 127,0,0,1,200,1")).startsWith("5");
    }
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("servers")
  void onlyProftpdServesDataToAnotherLoopbackAddress(String name, RealFtpServer server)
      throws IOException {
    try (FtpDialogue ftp = login(server);
        Socket data = new Socket()) {
      data.bind(new InetSocketAddress("127.0.0.2", 0));
      data.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ftp.passivePort()),
          SILENCE_MILLIS);
      ftp.sendOnly("LIST");
      if (server == vsftpd) {
        assertThat(ftp.reply()).isEqualTo("425 Security: Bad IP connecting.");
      } else if (server == pureFtpd) {
        assertThat(ftp.silentFor(SILENCE_MILLIS)).as("it waits for the right one").isTrue();
      } else {
        assertThat(ftp.reply()).startsWith("150 ");
      }
    }
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("servers")
  void aPassivePortIsAcceptedOnce(String name, RealFtpServer server) throws IOException {
    try (FtpDialogue ftp = login(server)) {
      int port = ftp.passivePort();
      try (Socket data = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(ftp.send("LIST")).startsWith("150");
        assertThat(data.getInputStream().readAllBytes()).isNotEmpty();
      }
      assertThat(ftp.reply()).startsWith("226");
      assertThat(receives(port)).as("a second connection gets data").isFalse();
    }
  }

  /** Not so pure-ftpd, which looks at the control connection while it sends. */
  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("vsftpdAndProftpd")
  void abortIsAnsweredOnlyWhenTheDataConnectionIsGone(String name, RealFtpServer server)
      throws IOException {
    try (FtpDialogue ftp = login(server)) {
      try (Socket data = new Socket(InetAddress.getLoopbackAddress(), ftp.passivePort())) {
        assertThat(ftp.send("RETR large")).startsWith("150");
        ftp.sendOnly("ABOR");
        assertThat(ftp.silentFor(SILENCE_MILLIS)).isTrue();
        data.setSoLinger(true, 0); // a reset
      }
      assertThat(ftp.reply()).startsWith("426");
      assertThat(ftp.reply()).matches("22[56].*");
      assertThat(ftp.send("NOOP")).startsWith("200");
    }
  }

  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("servers")
  void activeDataComesFromTheServersAddress(String name, RealFtpServer server) throws IOException {
    try (FtpDialogue ftp = login(server);
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setSoTimeout(10_000);
      int port = listener.getLocalPort();
      assertThat(ftp.send("PORT 127,0,0,1," + (port >> 8) + "," + (port & 255))).startsWith("200");
      ftp.sendOnly("LIST");
      try (Socket data = listener.accept()) {
        assertThat(data.getInetAddress().getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(new String(data.getInputStream().readAllBytes(), ISO_8859_1)).contains("large");
      }
      assertThat(ftp.reply()).startsWith("150");
      assertThat(ftp.reply()).startsWith("226");
    }
  }

  private Stream<Arguments> vsftpdAndProftpd() {
    return servers().limit(2);
  }

  private Stream<Arguments> servers() {
    return Stream.of(vsftpd, proftpd, pureFtpd).map(server -> Arguments.of(server.name(), server));
  }

  private FtpDialogue login(RealFtpServer server) throws IOException {
    FtpDialogue ftp = dialogue(server);
    ftp.reply();
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230");
    assertThat(ftp.send("TYPE I")).startsWith("200");
    assertThat(ftp.send("CWD " + peers.home().getFileName())).startsWith("250");
    return ftp;
  }

  private static FtpDialogue dialogue(RealFtpServer server) throws IOException {
    return new FtpDialogue(new Socket(InetAddress.getLoopbackAddress(), server.port()));
  }

  /** Whether a connection to the port is accepted and brings a byte. */
  private static boolean receives(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(SILENCE_MILLIS);
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException | SocketException refusedOrLeftAlone) {
      return false;
    }
  }
}
