package culvert.proxy.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Connections on which lines of text go to and fro. */
final class Lines {
  /** Of what a daemon says. */
  private static final int LONGEST_OF_DAEMON = 4096;

  private Lines() {}

  /**
   * A channel is one from now on.
   *
   * @param longest in bytes
   * @param handler is given the lines, as strings, and writes such
   */
  static void goTo(ChannelHandler handler, int longest, Channel channel) {
    channel
        .pipeline()
        .addLast(
            new LineBasedFrameDecoder(longest),
            new StringDecoder(StandardCharsets.UTF_8),
            new StringEncoder(StandardCharsets.UTF_8),
            handler);
  }

  /** Connects to the daemon. */
  static ChannelFuture connect(EventLoopGroup loop, Path daemon, ChannelHandler handler) {
    return new Bootstrap()
        .group(loop)
        .channel(EpollDomainSocketChannel.class)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                goTo(handler, LONGEST_OF_DAEMON, channel);
              }
            })
        .connect(new DomainSocketAddress(daemon.toFile()));
  }
}
