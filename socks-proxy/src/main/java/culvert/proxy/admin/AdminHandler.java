package culvert.proxy.admin;

import culvert.ssh.Defects;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one request after the other: what follows waits until the answer is written. It takes its
 * time where the event loops are asked for their health, and where the client reads slowly.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final AdminConnections connections;
  private final String ownHost;
  private final Supplier<String> metrics;
  private final Supplier<Health> health;
  private final Supplier<Future<List<String>>> silentLoops;
  private final Queue<Question> questions = new ArrayDeque<>();
  private boolean answering;

  /**
   * One request.
   *
   * @param answer made when it is its turn, for many may wait; null: health, which is not known
   *     before the loops are asked
   */
  private record Question(@Nullable Supplier<Answer> answer, boolean head, boolean keepAlive) {}

  private record Answer(HttpResponseStatus status, String contentType, String body) {
    static Answer error(HttpResponseStatus status, String text) {
      return new Answer(status, TEXT, text + "\n");
    }

    static Answer unavailable(String json) {
      return new Answer(HttpResponseStatus.SERVICE_UNAVAILABLE, JSON, json + "\n");
    }
  }

  /**
   * @param ownHost as the configuration has it
   * @param silentLoops names the event loops that do not answer; completes on the channel's loop
   */
  AdminHandler(
      AdminConnections connections,
      String ownHost,
      Supplier<String> metrics,
      Supplier<Health> health,
      Supplier<Future<List<String>>> silentLoops) {
    this.connections = connections;
    this.ownHost = ownHost;
    this.metrics = metrics;
    this.health = health;
    this.silentLoops = silentLoops;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    connections.asked(context.channel());
    questions.add(
        new Question(
            answer(request),
            request.method().equals(HttpMethod.HEAD),
            request.decoderResult().isSuccess() && HttpUtil.isKeepAlive(request)));
    answerNext(context);
  }

  private void answerNext(ChannelHandlerContext context) {
    if (answering || !context.channel().isActive()) {
      return;
    }
    Question question = questions.poll();
    answering = question != null;
    context.channel().config().setAutoRead(!answering); // so few requests wait behind this one
    if (question == null) {
      connections.answered(context.channel());
    } else {
      Defects.told(() -> answer(context, question), defect -> endBy(context, defect)).run();
    }
  }

  private void answer(ChannelHandlerContext context, Question question) {
    if (question.answer() != null) {
      write(context, question, question.answer().get());
    } else {
      askLoops(context, question);
    }
  }

  private void endBy(ChannelHandlerContext context, Throwable defect) {
    LOG.error("admin request failed", defect);
    context.close();
  }

  private void askLoops(ChannelHandlerContext context, Question question) {
    silentLoops
        .get()
        .addListener(
            Defects.told(
                (FutureListener<List<String>>)
                    silent -> write(context, question, health(silent.get())),
                defect -> endBy(context, defect)));
  }

  private void write(ChannelHandlerContext context, Question question, Answer answer) {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            answer.status(),
            question.head() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("X-Content-Type-Options", "nosniff");
    if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    HttpUtil.setKeepAlive(response, question.keepAlive());
    context
        .writeAndFlush(response)
        .addListener(
            written -> {
              answering = false;
              if (written.isSuccess() && question.keepAlive()) {
                answerNext(context);
              } else {
                context.close();
              }
            });
  }

  /** Null: health. */
  private @Nullable Supplier<Answer> answer(FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return () -> Answer.error(HttpResponseStatus.BAD_REQUEST, "not an HTTP request");
    }
    if (!isOwnHost(request.headers().get(HttpHeaderNames.HOST))) {
      return () -> Answer.error(HttpResponseStatus.FORBIDDEN, "Host is not this server's");
    }
    String path = request.uri().split("\\?", 2)[0];
    boolean known = path.equals("/metrics") || path.equals("/health");
    if (!known) {
      return () ->
          Answer.error(
              HttpResponseStatus.NOT_FOUND, "nothing here (expected: /metrics or /health)");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return () -> Answer.error(HttpResponseStatus.METHOD_NOT_ALLOWED, "expected: GET");
    }
    return path.equals("/metrics")
        ? () -> new Answer(HttpResponseStatus.OK, PROMETHEUS, metrics.get())
        : null;
  }

  private Answer health(List<String> silent) {
    Health now = health.get();
    if (!silent.isEmpty()) {
      return Answer.unavailable(status("stuck", ",\"loops\":" + names(silent), now));
    }
    return switch (now.service()) {
      case OK -> new Answer(HttpResponseStatus.OK, JSON, status("ok", "", now) + "\n");
      case WAITS_FOR_AUDIT -> Answer.unavailable(status("audit", "", now));
      case DRAINING -> Answer.unavailable(status("draining", "", now));
    };
  }

  /** It lives on under the old configuration: that is said, and is no reason to end it. */
  private static String status(String word, String more, Health health) {
    return "{\"status\":\""
        + word
        + "\""
        + more
        + (health.reloadFailed() ? ",\"reload\":\"failed\"" : "")
        + (health.needsRestart().isEmpty()
            ? ""
            : ",\"needs_restart\":" + names(health.needsRestart()))
        + "}";
  }

  private static String names(List<String> names) {
    return names.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
  }

  /**
   * A web page may make its own name point here (DNS rebinding) and then read what it gets; but its
   * requests carry that name.
   */
  private boolean isOwnHost(@Nullable String header) {
    if (header == null) {
      return false;
    }
    String host = header.replaceFirst(":\\d{1,5}$", "").toLowerCase(Locale.ROOT);
    if (host.equals("localhost") || host.equalsIgnoreCase(ownHost)) {
      return true;
    }
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    return literal != null;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("admin connection failed", cause);
    context.close();
  }
}
