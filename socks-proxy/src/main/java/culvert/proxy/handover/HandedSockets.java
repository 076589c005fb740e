package culvert.proxy.handover;

import culvert.proxy.door.TcpListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.util.function.IntFunction;

/** Makes channels of file descriptors that somebody has sent, who may have sent anything. */
public final class HandedSockets {
  /** SOL_SOCKET and SO_ACCEPTCONN of Linux: whether it listens. */
  private static final IntegerUnixChannelOption LISTENS =
      new IntegerUnixChannelOption("SO_ACCEPTCONN", 1, 30);

  /** SOL_SOCKET and SO_PROTOCOL. */
  private static final IntegerUnixChannelOption PROTOCOL =
      new IntegerUnixChannelOption("SO_PROTOCOL", 1, 38);

  private static final int TCP = 6;
  private static final int UDP = 17;

  private HandedSockets() {}

  /**
   * A listening TCP socket; registered nowhere yet.
   *
   * @throws IOException it is none; the descriptor is closed
   */
  public static EpollServerSocketChannel listener(FileDescriptor descriptor) throws IOException {
    EpollServerSocketChannel channel = channel(descriptor, EpollServerSocketChannel::new);
    expect(channel, PROTOCOL, TCP, descriptor);
    expect(channel, LISTENS, 1, descriptor);
    return channel;
  }

  /**
   * A UDP socket; registered nowhere yet.
   *
   * @throws IOException it is none; the descriptor is closed
   */
  static EpollDatagramChannel datagrams(FileDescriptor descriptor) throws IOException {
    EpollDatagramChannel channel = channel(descriptor, EpollDatagramChannel::new);
    expect(channel, PROTOCOL, UDP, descriptor);
    return channel;
  }

  /**
   * A TCP connection; registered nowhere yet.
   *
   * @throws IOException it is none; the descriptor is closed
   */
  static EpollSocketChannel connection(FileDescriptor descriptor) throws IOException {
    EpollSocketChannel channel = channel(descriptor, EpollSocketChannel::new);
    expect(channel, PROTOCOL, TCP, descriptor);
    expect(channel, LISTENS, 0, descriptor);
    return channel;
  }

  /** Has it live there, as a socket that is relayed. */
  static ChannelFuture relay(
      EpollSocketChannel socket, EventLoop loop, ChannelHandler initializer) {
    return new Bootstrap()
        .group(loop)
        .channelFactory(() -> socket)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.RECVBUF_ALLOCATOR, TcpListener.reads())
        .handler(initializer)
        .register();
  }

  /** Has its clients come in by that door. */
  static ChannelFuture listen(
      EpollServerSocketChannel socket, EventLoopGroup loop, ChannelHandler door) {
    return TcpListener.adopt(loop, socket, door);
  }

  /** Has its datagrams read by that handler. */
  static ChannelFuture answer(
      EpollDatagramChannel socket, EventLoopGroup loop, ChannelHandler handler) {
    return new Bootstrap().group(loop).channelFactory(() -> socket).handler(handler).register();
  }

  private static <C extends Channel> C channel(FileDescriptor descriptor, IntFunction<C> type)
      throws IOException {
    try {
      return type.apply(descriptor.intValue());
    } catch (RuntimeException e) {
      descriptor.close();
      throw new IOException("what was handed over is no socket", e);
    }
  }

  private static void expect(
      Channel channel, ChannelOption<Integer> option, int value, FileDescriptor descriptor)
      throws IOException {
    try {
      Integer found = channel.config().getOption(option);
      if (found != null && found == value) {
        return;
      }
      descriptor.close();
      throw new IOException("what was handed over has " + option + " " + found);
    } catch (ChannelException e) {
      descriptor.close();
      throw new IOException("what was handed over is no such socket", e);
    }
  }
}
