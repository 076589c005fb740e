package culvert.ssh.mina.io;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * TCP_QUICKACK, which Linux forgets after a while and which is therefore set after each read. sshd
 * leaves Nagle's algorithm on for connections without a terminal, so a delayed acknowledgement
 * costs 40 ms on each small exchange.
 */
final class QuickAck {
  private final Channel channel;
  private final @Nullable ChannelOption<Boolean> option;

  private QuickAck(Channel channel, @Nullable ChannelOption<Boolean> option) {
    this.channel = channel;
    this.option = option;
  }

  static QuickAck of(Channel channel) {
    return new QuickAck(channel, optionOf(channel));
  }

  private static @Nullable ChannelOption<Boolean> optionOf(Channel channel) {
    if (channel instanceof EpollSocketChannel) {
      return EpollChannelOption.TCP_QUICKACK;
    }
    return channel instanceof NioSocketChannel && NioSupport.QUICKACK
        ? NioChannelOption.of(ExtendedSocketOptions.TCP_QUICKACK)
        : null;
  }

  /** Sets it where the system has it. On the channel's event loop. */
  void rearm() {
    if (option != null && channel.isActive()) {
      channel.config().setOption(option, true);
    }
  }

  private static final class NioSupport {
    static final boolean QUICKACK = supported();

    private static boolean supported() {
      try (SocketChannel probe = SocketChannel.open()) {
        return probe.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
      } catch (IOException e) {
        return false;
      }
    }
  }
}
