package culvert.proxy.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
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
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one request after the other. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final String ownHost;
  private final Supplier<String> metrics;
  private final Supplier<Health> health;

  private record Answer(HttpResponseStatus status, String contentType, String body) {
    static Answer error(HttpResponseStatus status, String text) {
      return new Answer(status, TEXT, text + "\n");
    }
  }

  /**
   * @param ownHost as the configuration has it
   */
  AdminHandler(String ownHost, Supplier<String> metrics, Supplier<Health> health) {
    this.ownHost = ownHost;
    this.metrics = metrics;
    this.health = health;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    Answer answer = answer(request);
    boolean head = request.method().equals(HttpMethod.HEAD);
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            answer.status(),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("X-Content-Type-Options", "nosniff");
    if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    boolean keepAlive = request.decoderResult().isSuccess() && HttpUtil.isKeepAlive(request);
    HttpUtil.setKeepAlive(response, keepAlive);
    var written = context.writeAndFlush(response);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private Answer answer(FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Answer.error(HttpResponseStatus.BAD_REQUEST, "not an HTTP request");
    }
    if (!isOwnHost(request.headers().get(HttpHeaderNames.HOST))) {
      return Answer.error(HttpResponseStatus.FORBIDDEN, "Host is not this server's");
    }
    String path = request.uri().split("\\?", 2)[0];
    boolean known = path.equals("/metrics") || path.equals("/health");
    if (!known) {
      return Answer.error(
          HttpResponseStatus.NOT_FOUND, "nothing here (expected: /metrics or /health)");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return Answer.error(HttpResponseStatus.METHOD_NOT_ALLOWED, "expected: GET");
    }
    return path.equals("/metrics")
        ? new Answer(HttpResponseStatus.OK, PROMETHEUS, metrics.get())
        : health();
  }

  private Answer health() {
    return switch (health.get()) {
      case OK -> new Answer(HttpResponseStatus.OK, JSON, "{\"status\":\"ok\"}\n");
      case DRAINING ->
          new Answer(HttpResponseStatus.SERVICE_UNAVAILABLE, JSON, "{\"status\":\"draining\"}\n");
    };
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
