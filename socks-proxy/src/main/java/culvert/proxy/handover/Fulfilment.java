package culvert.proxy.handover;

import culvert.ssh.PlainWords;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes the connections in here for which the daemon has asked. Any thread may call. */
record Fulfilment(EventLoopGroup loop, Path daemon) {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  /** Connects, and brings the daemon the connection, or says why there is none. */
  void fulfil(Wish wish) {
    new Bootstrap()
        .group(loop)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) PATIENCE.toMillis())
        .option(ChannelOption.SO_REUSEADDR, true) // many transfers come from one port
        .option(EpollChannelOption.IP_TRANSPARENT, true) // or IPv6 binds to none of its routes
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .handler(HandedOver.NOTHING)
        .connect(wish.destination(), wish.source())
        .addListener(
            (ChannelFuture connected) -> {
              if (connected.isSuccess()) {
                bring(wish, (EpollSocketChannel) connected.channel());
              } else {
                say(
                    new Opening.NotConnected(wish.token(), PlainWords.of(connected.cause()))
                        .line());
              }
            });
  }

  private void bring(Wish wish, EpollSocketChannel connection) {
    open(new Opening.Connected(wish.token()).line(), connection)
        .addListener(
            (ChannelFuture opened) ->
                opened.channel().closeFuture().addListener(closed -> connection.close()));
  }

  private void say(String line) {
    open(line, null);
  }

  private ChannelFuture open(String line, @Nullable EpollSocketChannel connection) {
    return Lines.connect(loop, daemon, new Bringer(line, connection));
  }

  /** One connection to the daemon, which the daemon ends. */
  private static final class Bringer extends SimpleChannelInboundHandler<String> {
    private final String line;
    private final @Nullable EpollSocketChannel connection;

    Bringer(String line, @Nullable EpollSocketChannel connection) {
      this.line = line;
      this.connection = connection;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(line + "\n");
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, String said) {
      if (said.equals(HandoverDialogue.SEND) && connection != null) {
        context.writeAndFlush(connection.fd());
      } else {
        context.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
