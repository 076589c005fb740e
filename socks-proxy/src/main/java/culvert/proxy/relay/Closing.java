package culvert.proxy.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The two ways to close a channel, and what becomes of one that nobody closes: where the process is
 * killed, the system closes its sockets in order unless they {@link #breaksOffAlone break off}. Any
 * thread may call.
 */
public final class Closing {
  private Closing() {}

  /**
   * Breaks the channel off, so that the peer cannot take what it got for the whole: a TCP
   * connection is reset, an SSH channel is closed without EOF.
   */
  public static void reset(Channel channel) {
    breaksOffAlone(channel);
    HomeLoop.of(channel).post(channel::close);
  }

  /**
   * From now on whatever closes the channel breaks it off, the end of this process as well: what
   * was sent so far is not the whole.
   */
  public static void breaksOffAlone(Channel channel) {
    linger(channel, 0);
  }

  /** The contrary: all that there is to send was written, or there was nothing yet. */
  public static void endsInOrder(Channel channel) {
    linger(channel, -1);
  }

  private static void linger(Channel channel, int seconds) {
    if (channel instanceof SocketChannel socket && socket.isOpen()) {
      try {
        socket.config().setSoLinger(seconds);
      } catch (ChannelException e) {
        // The peer has reset it already: there is nothing left to say.
      }
    }
  }

  /**
   * Flushes, sends the end, and closes when the peer has closed too or the time is up. A socket
   * that is closed with unread bytes resets the connection, and the peer may then lose the last
   * words; so what still comes in is read and dropped.
   */
  public static void finish(DuplexChannel channel, Duration patience) {
    HomeLoop.of(channel).post(() -> finishHere(channel, patience));
  }

  private static void finishHere(DuplexChannel channel, Duration patience) {
    endsInOrder(channel);
    if (!channel.isActive()) {
      channel.close();
      return;
    }
    // A peer that does not read keeps the flush waiting, too.
    var timer =
        channel
            .eventLoop()
            .schedule(() -> reset(channel), patience.toMillis(), TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(closed -> timer.cancel(false));
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              if (!flushed.isSuccess() || channel.isInputShutdown()) {
                channel.close();
                return;
              }
              channel.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
              channel.pipeline().addFirst("drain", new Drain());
              channel.read();
            });
  }

  /** Reads and drops until the peer's end. */
  private static final class Drain extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        context.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
