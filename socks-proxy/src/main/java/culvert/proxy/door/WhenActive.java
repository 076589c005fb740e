package culvert.proxy.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.util.function.Consumer;

/** Hands an accepted socket over as soon as it may be read and written, and leaves. */
public final class WhenActive extends ChannelInboundHandlerAdapter {
  private final Consumer<DuplexChannel> next;

  /**
   * @param next called on the channel's event loop, with nothing else in the pipeline
   */
  public WhenActive(Consumer<DuplexChannel> next) {
    this.next = next;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.fireChannelActive();
    context.pipeline().remove(this);
    next.accept((DuplexChannel) context.channel());
  }
}
