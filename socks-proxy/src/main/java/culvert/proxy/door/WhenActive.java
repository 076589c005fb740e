package culvert.proxy.door;

import culvert.proxy.relay.EarlyReads;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.util.function.Consumer;

/**
 * Hands an accepted socket over as soon as it may be read and written, and leaves. What the socket
 * delivers before it has other handlers is kept for them, until {@link AcceptedClient#accept}.
 */
public final class WhenActive extends ChannelInboundHandlerAdapter {
  private final Consumer<DuplexChannel> next;
  private final Runnable gone;

  /**
   * @param next called on the channel's event loop
   */
  public WhenActive(Consumer<DuplexChannel> next) {
    this(next, () -> {});
  }

  /**
   * @param gone called in place of the other, when the channel has closed before
   */
  public WhenActive(Consumer<DuplexChannel> next, Runnable gone) {
    this.next = next;
    this.gone = gone;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.fireChannelActive();
    EarlyReads.install(context.channel());
    context.pipeline().remove(this);
    next.accept((DuplexChannel) context.channel());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    gone.run();
    context.fireChannelInactive();
  }
}
