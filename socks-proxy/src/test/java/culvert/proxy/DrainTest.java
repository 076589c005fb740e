package culvert.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import io.netty.util.NetUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A drain beside an FTP session that TLS hides. */
@Timeout(60)
class DrainTest {
  private ServerSocket server;
  private ServerSocket data;
  private ProxyDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    data = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(20_000);
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
                    """
                        .formatted(server.getLocalPort()),
                    "test.yaml")
                .orThrow());
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
    server.close();
    data.close();
  }

  private int code(String from, String host, int port) throws IOException {
    try (SocksSocket client =
        new SocksSocket(
            daemon.addresses().get(0),
            new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(from), 0))) {
      return client.connect(host, port);
    }
  }

  @Test
  void itsDataConnectionsAreMadeAndNothingElse() throws Exception {
    try (SocksSocket session = new SocksSocket(daemon.addresses().get(0))) {
      assertThat(session.connect("127.0.0.1", server.getLocalPort())).isZero();
      Socket control = server.accept();
      control.getOutputStream().write("220 here\r\n".getBytes(US_ASCII));
      session.send("AUTH TLS\r\n");
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(control.getInputStream(), US_ASCII));
      assertThat(commands.readLine()).isEqualTo("AUTH TLS");
      control.getOutputStream().write("234 go on\r\n".getBytes(US_ASCII));
      CompletableFuture<Void> drained = CompletableFuture.runAsync(this::drain);
      await().until(() -> code("127.0.0.1", "127.0.0.1", server.getLocalPort()) == 1);

      assertThat(code("127.0.0.1", "127.0.0.1", data.getLocalPort())).isZero();
      assertThat(code("127.0.0.1", "127.0.0.1", data.getLocalPort())).isZero();
      assertThat(code("127.0.0.2", "127.0.0.1", data.getLocalPort())).isEqualTo(1);
      assertThat(code("127.0.0.1", "localhost", data.getLocalPort())).isEqualTo(1);
      assertThat(code("127.0.0.1", "127.0.0.1", 80)).isEqualTo(1);
      assertThat(drained).isNotDone();
      control.close();
      data.close(); // resets what it has not accepted
      session.socket.close();
      drained.get(20, TimeUnit.SECONDS);
    }
  }

  private void drain() {
    try {
      daemon.drain(Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
