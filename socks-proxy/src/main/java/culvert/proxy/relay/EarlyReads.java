package culvert.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.AttributeKey;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps what a channel delivers before its real handlers are there, and hands it to them when it is
 * removed: what nobody asked for, as of a socket that is reset, and what was asked for by handlers
 * that are gone. A server that greets and hangs up would otherwise not be heard.
 */
public final class EarlyReads extends ChannelInboundHandlerAdapter {
  private static final ChannelHandler INITIALIZER =
      new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
          channel.pipeline().addLast("early-reads", new EarlyReads());
        }
      };

  private static final AttributeKey<Boolean> INPUT_ENDED =
      AttributeKey.valueOf(EarlyReads.class, "input-ended");

  private final Queue<ByteBuf> kept = new ArrayDeque<>(); // confined to the channel's event loop

  EarlyReads() {}

  /** For a channel that {@link Relay#start} will be given, or whose handlers come later. */
  public static ChannelHandler initializer() {
    return INITIALIZER;
  }

  /** Keeps from now on what nobody is there for; idempotent. On the channel's event loop. */
  public static void install(Channel channel) {
    if (channel.pipeline().get(EarlyReads.class) == null) {
      channel.pipeline().addLast(INITIALIZER);
    }
  }

  /** Hands what came early, if anything did, to the handlers that are there by now. */
  public static void handOver(Channel channel) {
    if (channel.pipeline().get(EarlyReads.class) != null) {
      channel.pipeline().remove(EarlyReads.class);
    }
  }

  /**
   * Whether the channel's input ended in order before anyone read it. An SSH channel may be closed
   * by then, as its server closes when it has sent an empty file.
   */
  static boolean inputEnded(Channel channel) {
    return Boolean.TRUE.equals(channel.attr(INPUT_ENDED).get());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    kept.add((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    // Passed on with what was read.
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (!context.channel().isOpen()) {
      // The pipeline of a closed channel is taken down: whoever comes later finds it inactive.
      kept.forEach(ByteBuf::release);
    } else if (!kept.isEmpty()) {
      kept.forEach(context::fireChannelRead);
      context.fireChannelReadComplete();
    }
    kept.clear();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && context.channel().isActive()) {
      context.channel().attr(INPUT_ENDED).set(true);
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // Told again by the read or write of whoever comes later, and by the channel's end.
    context.close();
  }
}
