package culvert.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelayingRelayTest {
  private static final int DEADLINE_MILLIS = 30_000;

  private ServerSocket listener;
  private DelayingRelay relay;
  private Socket client;
  private Socket server;

  @BeforeEach
  void connect() throws Exception {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    relay = DelayingRelay.to(listener.getLocalPort());
    client = new Socket(InetAddress.getLoopbackAddress(), relay.port());
    server = listener.accept();
    client.setSoTimeout(DEADLINE_MILLIS);
    server.setSoTimeout(DEADLINE_MILLIS);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    server.close();
    relay.close();
    listener.close();
  }

  @Test
  void aQuestionAndItsAnswerTakeTheRoundTrip() throws Exception {
    relay.roundTrip(Duration.ofMillis(80));
    long start = System.nanoTime();
    client.getOutputStream().write(1);
    assertThat(server.getInputStream().read()).isEqualTo(1);
    server.getOutputStream().write(2);
    assertThat(client.getInputStream().read()).isEqualTo(2);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(79));
  }

  @Test
  void muchIsOnTheWayAtOnceAndTheEndComesLast() throws Exception {
    relay.roundTrip(Duration.ofMillis(100));
    byte[] much = new byte[20 << 20];
    new Random(1).nextBytes(much);
    CompletableFuture<byte[]> arrived =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return server.getInputStream().readAllBytes();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    client.getOutputStream().write(much);
    client.shutdownOutput();
    assertThat(arrived.get(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(much);
    assertThat(relay.mostOnTheWay()).isBetween(1L << 20, (long) much.length);
    server.getOutputStream().write(3);
    assertThat(client.getInputStream().read()).isEqualTo(3);
  }

  @Test
  void whatEndsOnOneSideEndsOnTheOther() throws Exception {
    server.close();
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }
}
