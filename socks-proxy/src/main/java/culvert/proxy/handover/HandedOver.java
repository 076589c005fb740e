package culvert.proxy.handover;

import culvert.ssh.NettyTransport;
import culvert.ssh.PlainWords;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This process's network namespace, handed over to a daemon outside: as long as this is open, and
 * the daemon runs, what is captured in here comes in there. All methods block.
 */
public final class HandedOver implements AutoCloseable {
  /** Where everything is redirected to, as the namespace's rules have it. */
  private static final int LISTENER_PORT = 1;

  private static final int NAMES_PORT = 53;
  private static final int BACKLOG = 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ChannelHandler NOTHING =
      new ChannelInitializer<Channel>() {
        @Override
        protected void initChannel(Channel channel) {}
      };

  private final IoEventLoopGroup loop = NettyTransport.EPOLL.newGroup("culvert-exec", 1);
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final Path daemon;
  private @Nullable Channel connection;

  private HandedOver(Path daemon) {
    this.daemon = daemon;
  }

  /**
   * Hands it over.
   *
   * @param daemon the socket of an {@link ExecDoor}
   * @param program the command's, as rules know it
   * @throws IOException with a message for the user; nothing stays then
   */
  public static HandedOver to(Path daemon, String program)
      throws IOException, InterruptedException {
    if (NettyTransport.preferred() != NettyTransport.EPOLL) {
      throw new IOException("culvert exec needs epoll (expected: Linux on x86-64 or aarch64)");
    }
    HandedOver handed = new HandedOver(daemon);
    try {
      handed.handOver(program);
      return handed;
    } catch (IOException | InterruptedException | RuntimeException e) {
      handed.close();
      throw e;
    }
  }

  private void handOver(String program) throws IOException, InterruptedException {
    List<UnixChannel> sockets = new ArrayList<>();
    sockets.add((UnixChannel) made(listen(NetUtil.LOCALHOST4), "cannot listen"));
    ChannelFuture ipv6 = listen(NetUtil.LOCALHOST6).awaitUninterruptibly();
    if (ipv6.isSuccess()) {
      sockets.add((UnixChannel) ipv6.channel());
    }
    int listeners = sockets.size();
    sockets.add((UnixChannel) made(bindForNames(), "cannot bind"));
    Channel channel = made(connect(), "no Culvert listens at " + daemon);
    connection = channel;
    channel.writeAndFlush(new Hello(listeners, program).line() + "\n");
    expect(HandoverDialogue.SEND);
    for (UnixChannel socket : sockets) {
      made(channel.writeAndFlush(socket.fd()), "cannot hand a socket over");
    }
    expect(HandoverDialogue.READY);
    // From here on the daemon alone holds them: they end with it.
    sockets.forEach(socket -> socket.close().awaitUninterruptibly());
  }

  private static Channel made(ChannelFuture future, String otherwise) throws IOException {
    future.awaitUninterruptibly();
    if (!future.isSuccess()) {
      throw new IOException(otherwise + ": " + PlainWords.of(future.cause()), future.cause());
    }
    return future.channel();
  }

  private ChannelFuture listen(InetAddress address) {
    return new ServerBootstrap()
        .group(loop)
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childHandler(NOTHING)
        .bind(address, LISTENER_PORT);
  }

  private ChannelFuture bindForNames() {
    return new Bootstrap()
        .group(loop)
        .channel(EpollDatagramChannel.class)
        .option(ChannelOption.AUTO_READ, false)
        .handler(NOTHING)
        .bind(new InetSocketAddress(NetUtil.LOCALHOST4, NAMES_PORT));
  }

  private ChannelFuture connect() {
    return Lines.connect(loop, daemon, new Heard());
  }

  private void expect(String line) throws IOException, InterruptedException {
    String said = heard.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (said == null) {
      throw new IOException(
          "the Culvert at " + daemon + " has not answered within " + PATIENCE.toSeconds() + " s");
    }
    if (!said.equals(line)) {
      throw new IOException(
          "the Culvert at "
              + daemon
              + " has refused the command: "
              + (said.startsWith(HandoverDialogue.REFUSED)
                  ? said.substring(HandoverDialogue.REFUSED.length())
                  : said));
    }
  }

  private final class Heard extends SimpleChannelInboundHandler<String> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, String line) {
      Wish.parse(line)
          .ifPresentOrElse(
              wish -> new Fulfilment(loop, daemon).fulfil(wish), () -> heard.add(line));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      heard.add("it has closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** Takes it back: nothing leaves the namespace from now on. Idempotent. */
  @Override
  public void close() {
    if (connection != null) {
      connection.close().awaitUninterruptibly();
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
