package culvert.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no SOCKS request never leads to a connection. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@AnyTransport
class MalformedSocksIT {
  private static final int DEADLINE_MILLIS = 60_000;

  private ServerSocket destination; // where every request would lead
  private Culvert culvert;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    destination = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    culvert =
        Culvert.start(
            TestConfig.tunnel(directory, 1, 21)
                .match("network: 127.0.0.0/8") // whatever a random request asks for
                .rule("action", "direct")
                .top("default-action", "block")
                .top("limits", "{ handshake-timeout: 1s }"));
  }

  @AfterAll
  void stop() throws Exception {
    culvert.close();
    destination.close();
  }

  static Stream<String> requests() {
    return Stream.of(
        "00", // no version
        "0a", // a line end
        "160301020001000001fc0303", // TLS
        "474554202f20485454502f312e310d0a0d0a", // GET / HTTP/1.1
        "504f5354", // POST
        "0500", // no methods
        "0501ff", // an unknown method only
        "050100" + "06017f000001PPPP", // another version in the request
        "050100" + "050000017f000001PPPP", // command 0
        "050100" + "050400017f000001PPPP", // command 4
        "050100" + "050300017f000001PPPP", // UDP ASSOCIATE
        "050100" + "050200017f000001PPPP", // BIND
        "050100" + "050100027f000001PPPP", // address type 2
        "050100" + "05010003" + "00" + "PPPP", // an empty name
        "050100" + "05010003" + "0a3132372e300a302e302e" + "PPPP", // a line end in the name
        "050100" + "05010003" + "0a3132372e3000302e302e" + "PPPP", // NUL in the name
        "050100" + "050100017f0000010000", // port 0
        "050100" + "050100010000000000", // cut off
        "0401PPPP00000000" + "00" + "00", // 4a marker without a name
        "0401PPPP0000000100" + "00", // 4a with an empty name
        "0403PPPP7f000001" + "00", // command 3
        "040100007f000001" + "00"); // port 0
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void whatIsNoRequestIsNeverConnected(String hex) throws Exception {
    byte[] request =
        HexFormat.of().parseHex(hex.replace("PPPP", "%04x".formatted(destination.getLocalPort())));
    assertThat(answerTo(request)).as("the last answer").isNotEqualTo("connected");
    assertNothingArrived();
  }

  @Test
  void anHttpRequestIsToldThatThisIsASocksPortAndNothingOfItself() throws Exception {
    String request = "GET http://secret.example/?token=x HTTP/1.1\r\nHost: secret.example\r\n\r\n";
    assertThat(answerTo(request.getBytes(ISO_8859_1)))
        .startsWith("HTTP/1.1 400 Bad Request\r\n")
        .contains("\r\nConnection: close\r\n")
        .contains("\r\n\r\nThis is a SOCKS port")
        .doesNotContain("secret", "token");
    assertNothingArrived();
  }

  @Test
  void randomBytesAreNeverConnected() throws Exception {
    long seed = Long.getLong("culvert.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), culvert.port());
      sockets.add(socket);
      byte[] noise = new byte[1 + random.nextInt(40)];
      random.nextBytes(noise);
      if (i % 3 != 0) {
        noise[0] = (byte) (3 + i % 3); // a version that there is
      }
      try {
        socket.getOutputStream().write(noise);
        socket.shutdownOutput();
      } catch (SocketException alreadyClosedByTheProxy) {
        // also an answer
      }
    }
    for (Socket socket : sockets) {
      readToTheEnd(socket);
    }
    assertThat(connectionArrived()).as("a connection, seed " + seed).isFalse();
  }

  @Test
  void aClientThatSaysNothingIsDisconnectedAfterTheHandshakeTimeout() throws Exception {
    long start = System.nanoTime();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), culvert.port())) {
      socket.getOutputStream().write(5);
      assertThat(readToTheEnd(socket)).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(500));
    }
  }

  private String answerTo(byte[] request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), culvert.port())) {
      socket.getOutputStream().write(request);
      String answer = readToTheEnd(socket);
      String afterMethod = answer.startsWith("\u0005\u0000") ? answer.substring(2) : answer;
      boolean success = afterMethod.startsWith("\u0005\u0000") || afterMethod.startsWith("\u0000Z");
      return success ? "connected" : answer;
    }
  }

  private static String readToTheEnd(Socket socket) throws IOException {
    socket.setSoTimeout(DEADLINE_MILLIS);
    try {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (SocketException reset) {
      return "";
    } finally {
      socket.close();
    }
  }

  private void assertNothingArrived() throws IOException {
    assertThat(connectionArrived()).as("a connection").isFalse();
  }

  /** The proxy has closed the client by now: what it wanted to connect is in the backlog. */
  private boolean connectionArrived() throws IOException {
    destination.setSoTimeout(1);
    try {
      destination.accept().close();
      return true;
    } catch (java.net.SocketTimeoutException nobody) {
      return false;
    }
  }
}
