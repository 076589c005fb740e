package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Culvert itself dies in the middle of what it carries: nobody takes what he has got for whole. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class KilledCulvertIT {
  private static final int DRAINS = 1; // SOCKS 5: general failure
  private static final Map<String, String> USERS = Map.of("amy", "secret");

  @RegisterExtension final Peers peers = new Peers();
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;
  private TestConfig config;

  @BeforeEach
  void start() throws IOException {
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), USERS));
    sshServer = peers.add(EmbeddedSshServer.start(USERS));
    config =
        TestConfig.tunnel(
            peers.directory(), sshServer.port(), ftpServer.port(), sshServer.knownHostsLine());
  }

  /** At once, and by somebody who does not wait for the drain. */
  static List<List<String>> ends() {
    return List.of(List.of("KILL"), List.of("TERM", "TERM"));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void inADownloadThroughATunnel(List<String> signals) throws Exception {
    TestFile.create(ftpServer.root().resolve("file"), 30L * TestFile.MIB);
    try (CulvertProcess culvert = run()) {
      Socks5 socks = Socks5.through(culvert.port());
      FtpDialogue ftp = socks.ftp("127.0.0.1", ftpServer.port());
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      Socket data = socks.connect("127.0.0.1", ftp.passivePort());
      assertThat(ftp.send("RETR file")).startsWith("150 ");
      assertThat(data.getInputStream().read()).isNotNegative();

      end(culvert, signals);
      assertIsReset(data);
    }
  }

  @ParameterizedTest
  @MethodSource("ends")
  void inAStreamWithoutOne(List<String> signals) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      config.match("port: " + listener.getLocalPort()).rule("action", "direct");
      try (CulvertProcess culvert = run();
          Socket client =
              Socks5.through(culvert.port()).connect("127.0.0.1", listener.getLocalPort());
          Socket server = listener.accept()) {
        server.getOutputStream().write('d');
        assertThat(client.getInputStream().read()).isEqualTo('d');
        client.getOutputStream().write('u');
        assertThat(server.getInputStream().read()).isEqualTo('u');

        end(culvert, signals);
        assertIsReset(client);
        assertIsReset(server);
      }
    }
  }

  private CulvertProcess run() throws Exception {
    return CulvertProcess.run(config.write(), peers.directory().resolve("log"));
  }

  private static void end(CulvertProcess culvert, List<String> signals) throws Exception {
    for (String signal : signals) {
      culvert.signal(signal);
      if (signals.size() > 1) { // two that wait would be one
        await("it is refused that comes now")
            .atMost(Duration.ofSeconds(20))
            .until(() -> !culvert.isAlive() || refuses(culvert.port()));
      }
    }
    culvert.exitCode();
  }

  private static boolean refuses(int port) {
    try {
      return Socks5.through(port).code("127.0.0.1", 1) == DRAINS;
    } catch (IOException closed) {
      return true;
    }
  }

  private static void assertIsReset(Socket socket) {
    assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }
}
