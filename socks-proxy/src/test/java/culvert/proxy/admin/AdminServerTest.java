package culvert.proxy.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.Endpoint;
import culvert.ssh.NettyTransport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final String METRICS = "culvert_up 1\n".repeat(2000);

  private final EventLoopGroup loops = NettyTransport.preferred().newGroup("clients", 3);
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final AtomicInteger made = new AtomicInteger();
  private AdminServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        AdminServer.start(
            NettyTransport.preferred(),
            new Endpoint("127.0.0.1", 0),
            this::metrics,
            () -> new Health(Health.Service.OK, false, List.of()),
            loops);
  }

  @AfterEach
  void stop() {
    stuck.countDown();
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @ParameterizedTest(name = "{0} of 3")
  @ValueSource(ints = {1, 2, 3})
  void healthTurnsWithALoopThatIsStuckAndBack(int many) throws Exception {
    await().atMost(DEADLINE).until(() -> get("/health").statusCode() == 200);
    CountDownLatch held = new CountDownLatch(many);
    for (int i = 0; i < many; i++) {
      loops.next().execute(() -> hold(held));
    }
    held.await();

    await().atMost(DEADLINE).until(() -> silent(get("/health")) == many);
    assertThat(get("/health").statusCode()).isEqualTo(503);
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
    stuck.countDown();

    await().atMost(DEADLINE).until(() -> get("/health").statusCode() == 200);
    assertThat(get("/metrics").body()).isEqualTo(METRICS);
  }

  @Test
  void theAnswerNamesTheThread() throws Exception {
    await().atMost(DEADLINE).until(() -> get("/health").statusCode() == 200);
    CountDownLatch held = new CountDownLatch(1);
    loops.next().execute(() -> hold(held));
    held.await();

    await()
        .atMost(DEADLINE)
        .until(
            () ->
                get("/health")
                    .body()
                    .matches("\\{\"status\":\"stuck\",\"loops\":\\[\"clients-[0-9]+-[0-9]+\"]}\n"));
  }

  @Test
  void silentConnectionsMakeRoomForWhoeverAsks() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        silent.add(new Socket(server.address().getAddress(), server.address().getPort()));
      }
      Socket asks = silent.get(0); // it is no more the one that has been idle longest
      String question = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n";
      asks.getOutputStream().write((question + "\r\n").getBytes(US_ASCII));
      assertThat(asks.getInputStream().read()).isEqualTo('H');

      assertThat(get("/metrics").statusCode()).isEqualTo(200);

      assertThat(silent.get(1).getInputStream().read()).isEqualTo(-1);
      asks.getOutputStream().write((question + "Connection: close\r\n\r\n").getBytes(US_ASCII));
      assertThat(new String(asks.getInputStream().readAllBytes(), US_ASCII))
          .containsOnlyOnce("HTTP/1.1 200 OK"); // the first answer lacks its first letter
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void whoAsksOnAndOnAndReadsNothingKeepsNobodyOut() throws Exception {
    List<SocketChannel> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        deaf.add(askOnAndOn());
      }

      await().atMost(DEADLINE).ignoreExceptions().until(() -> get("/health").statusCode() == 200);

      assertThat(made).hasValueLessThan(64 * 1000);
    } finally {
      for (SocketChannel channel : deaf) {
        channel.close();
      }
    }
  }

  private SocketChannel askOnAndOn() throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    channel.connect(server.address());
    channel.configureBlocking(false);
    String question = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    channel.write(ByteBuffer.wrap(question.repeat(1000).getBytes(US_ASCII)));
    return channel;
  }

  private String metrics() {
    made.incrementAndGet();
    return METRICS;
  }

  private void hold(CountDownLatch held) {
    held.countDown();
    try {
      stuck.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int silent(HttpResponse<String> health) {
    return health.body().split("clients-", -1).length - 1;
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .timeout(DEADLINE)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
