package culvert.proxy.handover;

import culvert.ssh.PlainWords;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, and leaves it to somebody on which loop each of them lives: Netty chooses
 * without looking. Confined to the listening socket's loop.
 */
final class Newcomers extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Newcomers.class);
  private static final long PAUSE_SECONDS = 1;

  private final Consumer<EpollDomainSocketChannel> host;

  /**
   * @param host is given each connection, which is registered nowhere yet
   */
  Newcomers(Consumer<EpollDomainSocketChannel> host) {
    this.host = host;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    host.accept((EpollDomainSocketChannel) accepted);
  }

  /** As where there are too many files: whoever comes waits for a moment. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.warn("a command could not come in: {}", PlainWords.of(cause));
    Channel listener = context.channel();
    listener.config().setAutoRead(false);
    context
        .executor()
        .schedule(() -> listener.config().setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
  }
}
