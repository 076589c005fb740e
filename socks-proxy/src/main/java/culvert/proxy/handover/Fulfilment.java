package culvert.proxy.handover;

import culvert.ssh.PlainWords;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.FutureListener;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes the connections in here for which the daemon has asked. Any thread may call. */
record Fulfilment(IoEventLoopGroup loop, Path daemon) {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  /** Connects, and brings the daemon the connection, or says why there is none. */
  void fulfil(Wish wish) {
    Connecting.connect(loop.next(), wish.source(), wish.destination(), PATIENCE)
        .addListener(
            (FutureListener<FileDescriptor>)
                connected -> {
                  if (connected.isSuccess()) {
                    bring(wish, connected.getNow());
                  } else {
                    String reason = PlainWords.of(connected.cause());
                    say(new Opening.NotConnected(wish.token(), reason).line());
                  }
                });
  }

  private void bring(Wish wish, FileDescriptor connection) {
    open(new Opening.Connected(wish.token()).line(), connection)
        .addListener(
            (ChannelFuture opened) ->
                opened.channel().closeFuture().addListener(closed -> connection.close()));
  }

  private void say(String line) {
    open(line, null);
  }

  private ChannelFuture open(String line, @Nullable FileDescriptor connection) {
    return Lines.connect(loop, daemon, new Bringer(line, connection));
  }

  /** One connection to the daemon, which the daemon ends. */
  private static final class Bringer extends SimpleChannelInboundHandler<String> {
    private final String line;
    private final @Nullable FileDescriptor connection;

    Bringer(String line, @Nullable FileDescriptor connection) {
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
        context.writeAndFlush(connection);
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
