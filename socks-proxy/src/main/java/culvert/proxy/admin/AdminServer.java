package culvert.proxy.admin;

import culvert.config.Endpoint;
import culvert.ssh.NettyTransport;
import culvert.ssh.PlainWords;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Serves {@code GET /metrics} and {@code GET /health}. */
public final class AdminServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 64;
  private static final int MAX_HEADER_BYTES = 8192;
  private static final int MAX_BODY_BYTES = 1024;
  private static final int IDLE_SECONDS = 30;

  /** An answer is some kilobytes, and its reader is on this host. */
  private static final int WRITE_SECONDS = 10;

  /** Room for an answer: whoever asks on and on and reads none is not given hundreds. */
  private static final int SEND_BUFFER_BYTES = 64 * 1024;

  /** A loop that is this late holds up everybody on it. */
  private static final Duration LOOP_DEADLINE = Duration.ofSeconds(2);

  private final EventLoopGroup loop;
  private final Channel channel;

  private AdminServer(EventLoopGroup loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /**
   * Starts on a loop of its own.
   *
   * @param metrics in Prometheus' text format
   * @param loops whose health is asked for
   * @throws IOException which says what could not be bound and why
   */
  public static AdminServer start(
      NettyTransport transport,
      Endpoint endpoint,
      Supplier<String> metrics,
      Supplier<Health> health,
      EventLoopGroup loops)
      throws IOException {
    EventLoopGroup loop = transport.newGroup("culvert-admin", 1);
    LoopPulse pulse = new LoopPulse(loops, loop.next(), LOOP_DEADLINE);
    AdminConnections connections =
        new AdminConnections(MAX_CONNECTIONS, loop.next(), System::nanoTime);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(transport::newServerSocketChannel)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    initialize(
                        accepted,
                        connections,
                        new AdminHandler(
                            connections, endpoint.host(), metrics, health, pulse::silent));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException(
          "admin: cannot bind " + endpoint + ": " + PlainWords.of(bound.cause()), bound.cause());
    }
    return new AdminServer(loop, bound.channel());
  }

  private static void initialize(
      Channel accepted, AdminConnections connections, AdminHandler handler) {
    if (!connections.enter(accepted)) {
      accepted.close();
      return;
    }
    accepted
        .pipeline()
        .addLast("idle", new IdleStateHandler(0, 0, IDLE_SECONDS))
        .addLast("write-timeout", new WriteTimeoutHandler(WRITE_SECONDS))
        .addLast(
            "http",
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_HEADER_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)))
        .addLast("whole", new HttpObjectAggregator(MAX_BODY_BYTES, true))
        .addLast("admin", handler);
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
