package culvert.proxy.ftp.active;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.function.Consumer;

/** Notices when a server closes a connection again before anybody has sent anything to it. */
final class EarlyEnd extends ChannelInboundHandlerAdapter {
  private final Consumer<String> useless;
  private boolean sent;

  /**
   * @param useless is told why, more than once perhaps
   */
  EarlyEnd(Consumer<String> useless) {
    this.useless = useless;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    sent = true;
    context.fireChannelRead(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !sent) {
      useless.accept("closed by the server");
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    useless.accept("broken off by the server");
    context.fireChannelInactive();
  }
}
