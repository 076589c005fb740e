package culvert.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets in beside clients that only come and wait. */
@Timeout(60)
class AdmissionTest {
  private final ServerSocket server = listen();
  private final List<Socket> open = new ArrayList<>();
  private ProxyDaemon daemon;

  private static ServerSocket listen() {
    try {
      ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      server.setSoTimeout(20_000);
      return server;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    daemon.close();
    server.close();
  }

  private void start(int beforeLogin) throws Exception {
    daemon =
        ProxyDaemon.start(
            new ConfigLoader(Environment.ofProcess())
                .loadString(
                    """
                    listeners: [{ name: socks, socks: '127.0.0.1:0' }]
                    rules: []
                    default-action: direct
                    pin-tunnelled: false
                    audit: off
                    ftp: { ports: [%d] }
                    limits: { connections: 40, before-login: %d, handshake-timeout: 60s }
                    """
                        .formatted(server.getLocalPort(), beforeLogin),
                    "test.yaml")
                .orThrow());
  }

  private SocksSocket client() throws IOException {
    SocksSocket client = new SocksSocket(daemon.addresses().get(0));
    open.add(client.socket);
    return client;
  }

  /** Whether a new client gets as far as an answer to its first message. */
  private boolean letsIn() throws IOException {
    try (SocksSocket client = client()) {
      client.send("\5\1\0");
      return client.in.read() == 5;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void silentClientsHaveAShareThatEndsWithThem() throws Exception {
    start(2);
    SocksSocket first = client();
    SocksSocket second = client();
    await().until(() -> !letsIn());

    first.close();
    await().until(this::letsIn);
    second.close();
  }

  @Test
  void aClientThatIsLoggedInLeavesItsPlaceToOthers() throws Exception {
    start(1);
    SocksSocket client = client();
    assertThat(client.connect("127.0.0.1", server.getLocalPort())).isZero();
    Socket control = server.accept();
    open.add(control);
    control.getOutputStream().write("220 here\r\n".getBytes(US_ASCII));
    client.send("USER u\r\n");
    assertThat(control.getInputStream().readNBytes(8)).asString(US_ASCII).isEqualTo("USER u\r\n");
    assertThat(letsIn()).isFalse();

    control.getOutputStream().write("230 in\r\n".getBytes(US_ASCII));

    await().until(this::letsIn);
  }

  @Test
  void aClientWhoseLoginTlsHidesLeavesItsPlaceToOthers() throws Exception {
    start(1);
    SocksSocket client = client();
    assertThat(client.connect("127.0.0.1", server.getLocalPort())).isZero();
    Socket control = server.accept();
    open.add(control);
    control.getOutputStream().write("220 here\r\n".getBytes(US_ASCII));
    client.send("AUTH TLS\r\n");
    assertThat(control.getInputStream().readNBytes(10))
        .asString(US_ASCII)
        .isEqualTo("AUTH TLS\r\n");
    assertThat(letsIn()).isFalse();

    control.getOutputStream().write("234 go on\r\n".getBytes(US_ASCII));

    await().until(this::letsIn);
  }

  @Test
  void aClientThatIsRelayedLeavesItsPlaceToOthers() throws Exception {
    start(1);
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SocksSocket client = client();
      assertThat(client.connect("127.0.0.1", other.getLocalPort())).isZero();

      await().until(this::letsIn);
    }
  }
}
