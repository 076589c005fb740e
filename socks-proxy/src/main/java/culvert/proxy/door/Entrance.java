package culvert.proxy.door;

import culvert.proxy.relay.EarlyReads;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a client waits until it is known whether it may come in: the handlers behind hear that the
 * channel is active, and of its events, when it may, and of its end at once. What it sends
 * meanwhile is kept, by an {@link EarlyReads} in front, for those who ask for that. Confined to the
 * channel's event loop.
 */
final class Entrance extends ChannelInboundHandlerAdapter {
  private final List<Object> events = new ArrayList<>();
  private boolean active;
  private boolean refused;

  private Entrance() {}

  /** Before the handlers that see to the client. */
  static Entrance closed(Channel channel) {
    Entrance entrance = new Entrance();
    EarlyReads.install(channel);
    channel.pipeline().addLast("entrance", entrance);
    return entrance;
  }

  /** The client may come in. */
  void open(Channel channel) {
    if (channel.isOpen()) {
      channel.pipeline().remove(this);
    }
  }

  /** It may not: nobody behind hears of it. */
  void refuse() {
    refused = true;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    active = true;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    events.add(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!refused) {
      context.fireChannelInactive();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (context.channel().isOpen() && active) {
      context.fireChannelActive();
      events.forEach(context::fireUserEventTriggered);
    }
  }
}
