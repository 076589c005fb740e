package culvert.proxy.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.admin.Health.Service;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminHandlerTest {
  private static final Health OK = new Health(Service.OK, false, List.of());
  private static final Health DRAINING = new Health(Service.DRAINING, false, List.of());

  private final AtomicReference<Health> health = new AtomicReference<>(OK);
  private final Promise<List<String>> loopsAnswer = ImmediateEventExecutor.INSTANCE.newPromise();
  private final Queue<ChannelPromise> unread = new ArrayDeque<>();
  private final AdminConnections connections =
      new AdminConnections(1, ImmediateEventExecutor.INSTANCE, System::nanoTime);
  private boolean loopsAreSlow;
  private boolean readsSlowly;
  private boolean metricsFail;
  private int metricsMade;
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise done) {
              context.write(message, readsSlowly ? context.newPromise() : done);
              if (readsSlowly) {
                unread.add(done);
              }
            }
          },
          new HttpServerCodec(),
          new HttpObjectAggregator(1024, true),
          new AdminHandler(
              connections, "127.0.0.1", this::metrics, health::get, this::silentLoops));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest(name = "{0} {1} as {2} -> {3}")
  @CsvSource({
    "GET, /metrics, localhost:9180, 200 OK",
    "GET, /metrics?x=y, 127.0.0.1:9180, 200 OK",
    "GET, /health, [::1]:9180, 200 OK",
    "HEAD, /health, 127.0.0.1, 200 OK",
    "GET, /, localhost, 404 Not Found",
    "GET, /metrics/, localhost, 404 Not Found",
    "POST, /metrics, localhost, 405 Method Not Allowed",
    "DELETE, /health, localhost, 405 Method Not Allowed",
    "GET, /metrics, evil.example, 403 Forbidden",
    "GET, /metrics, localhost.evil.example:9180, 403 Forbidden",
    "GET, /metrics, '', 403 Forbidden"
  })
  void answers(String method, String path, String host, String status) {
    assertThat(ask(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + "\r\n");
  }

  @Test
  void metricsAreInPrometheusFormat() {
    assertThat(ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .contains("content-type: text/plain; version=0.0.4; charset=utf-8")
        .endsWith("\r\n\r\nculvert_up 1\n");
  }

  @Test
  void healthTurnsWhenItDrains() {
    health.set(DRAINING);
    assertThat(ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("{\"status\":\"draining\"}\n");
  }

  @Test
  void healthSaysThatNewConnectionsWaitForTheAuditTrail() {
    health.set(new Health(Service.WAITS_FOR_AUDIT, false, List.of()));
    assertThat(ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("{\"status\":\"audit\"}\n");
  }

  @Test
  void withoutHostThereIsNothing() {
    assertThat(ask("GET /metrics HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void whatIsNotHttpIsRefusedAndClosed() {
    assertThat(ask("\u0016\u0003\u0001 garbage\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void oneConnectionServesSeveralRequests() {
    ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whoReadsItsAnswerSlowlyStaysAndIsAnsweredNothingElseBefore() {
    connections.enter(channel);
    readsSlowly = true;
    String request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertThat(ask(request + request).split("HTTP/1.1 200 ", -1)).hasSize(2);
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(metricsMade).isEqualTo(1);
    assertThat(connections.enter(new EmbeddedChannel())).isFalse();

    readsSlowly = false;
    unread.remove().setSuccess();

    assertThat(answer()).startsWith("HTTP/1.1 200 ");
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(connections.enter(new EmbeddedChannel())).isTrue();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aReloadThatFailedOrNeedsARestartShowsInHealthAndCostsNoLife() {
    health.set(new Health(Service.OK, true, List.of("limits", "audit")));
    assertThat(ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith(
            "{\"status\":\"ok\",\"reload\":\"failed\",\"needs_restart\":[\"limits\",\"audit\"]}\n");
  }

  @ParameterizedTest(name = "draining: {0}")
  @ValueSource(booleans = {false, true})
  void healthNamesTheLoopsThatDoNotAnswer(boolean draining) {
    health.set(draining ? DRAINING : OK);
    loopsAreSlow = true;
    assertThat(ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")).isEmpty();

    loopsAnswer.setSuccess(List.of("culvert-1-1", "loop 2"));

    assertThat(answer())
        .startsWith("HTTP/1.1 503 ")
        .endsWith("{\"status\":\"stuck\",\"loops\":[\"culvert-1-1\",\"loop 2\"]}\n");
  }

  @Test
  void whatFollowsWaitsBehindHealth() {
    loopsAreSlow = true;
    String health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertThat(ask(health + health.replace("health", "metrics") + health.replace("GET", "HEAD")))
        .isEmpty();

    loopsAnswer.setSuccess(List.of());

    assertThat(answer())
        .containsSubsequence(
            "HTTP/1.1 200 ",
            "{\"status\":\"ok\"}\n",
            "HTTP/1.1 200 ",
            "culvert_up 1\n",
            "HTTP/1.1 200 ")
        .endsWith("\r\n\r\n");
  }

  @Test
  void aClientThatDoesNotWaitForHealthIsForgotten() {
    loopsAreSlow = true;
    ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    channel.close();

    loopsAnswer.setSuccess(List.of());

    channel.checkException();
    assertThat(answer()).isEmpty();
  }

  @Test
  void aDefectEndsTheConnectionAlsoWhereItsRequestHadToWait() {
    readsSlowly = true;
    String request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertThat(ask(request + request)).startsWith("HTTP/1.1 200 ");
    metricsFail = true;

    unread.remove().setSuccess();

    assertThat(channel.isOpen()).isFalse();
    assertThat(answer()).isEmpty();
  }

  @Test
  void aDefectEndsTheConnectionAtTheFirstRequest() {
    metricsFail = true;
    assertThat(ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aDefectEndsTheConnectionThatWaitsForHealth() {
    loopsAreSlow = true;
    assertThat(ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")).isEmpty();

    loopsAnswer.setFailure(new IllegalStateException("a defect"));

    assertThat(channel.isOpen()).isFalse();
    assertThat(answer()).isEmpty();
  }

  private String metrics() {
    if (metricsFail) {
      throw new IllegalStateException("a defect");
    }
    metricsMade++;
    return "culvert_up 1\n";
  }

  private Future<List<String>> silentLoops() {
    return loopsAreSlow
        ? loopsAnswer
        : ImmediateEventExecutor.INSTANCE.newSucceededFuture(List.of());
  }

  private String ask(String request) {
    channel.writeInbound(Unpooled.copiedBuffer(request, US_ASCII));
    return answer();
  }

  private String answer() {
    StringBuilder answer = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      answer.append(part.toString(US_ASCII));
      part.release();
    }
    return answer.toString();
  }
}
