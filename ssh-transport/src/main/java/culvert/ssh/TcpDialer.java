package culvert.ssh;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Opens TCP connections to the first of several addresses that answers. Thread-safe. */
public final class TcpDialer {
  private final NettyTransport transport;
  private final Map<ChannelOption<?>, Object> options;
  private final OutgoingConnections outgoing;

  /** One whose connections nobody has to know. */
  public TcpDialer(NettyTransport transport, Map<ChannelOption<?>, Object> options) {
    this(transport, options, new OutgoingConnections());
  }

  /**
   * Sockets have auto-read off, half-closure allowed and Nagle's algorithm off.
   *
   * @param options further options of the sockets
   * @param outgoing where they are entered, on epoll: nobody is told the others' own address before
   *     they are connected
   */
  public TcpDialer(
      NettyTransport transport,
      Map<ChannelOption<?>, Object> options,
      OutgoingConnections outgoing) {
    this.transport = transport;
    this.options = Map.copyOf(options);
    this.outgoing = outgoing;
  }

  /**
   * Tries the addresses in turn.
   *
   * @param addresses not empty
   * @param timeout for all of them together
   * @param loop where the channel lives and the future completes
   * @param initializer added to the channel's pipeline before it connects
   * @return the connected channel; fails with what the last attempt failed with, {@link
   *     ConnectTimeoutException} when the time is up
   */
  public Future<DuplexChannel> dial(
      List<InetAddress> addresses,
      int port,
      Duration timeout,
      EventLoop loop,
      ChannelHandler initializer) {
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("addresses: none (expected: at least one)");
    }
    Promise<DuplexChannel> dialled = loop.newPromise();
    long deadline = loop.ticker().nanoTime() + timeout.toNanos();
    new Attempt(List.copyOf(addresses), port, deadline, loop, initializer, dialled).next(0);
    return dialled;
  }

  /**
   * Connects from an address and port of the caller's choice.
   *
   * @param source this host's, unless the options of this dialer allow others
   * @return as above
   */
  public Future<DuplexChannel> dialFrom(
      InetSocketAddress source,
      InetSocketAddress address,
      Duration timeout,
      EventLoop loop,
      ChannelHandler initializer) {
    Promise<DuplexChannel> dialled = loop.newPromise();
    ChannelFuture connecting =
        bootstrap((int) timeout.toMillis(), loop, initializer).connect(address, source);
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            dialled.tryFailure(done.cause());
          } else if (!dialled.trySuccess((DuplexChannel) connecting.channel())) {
            connecting.channel().close();
          }
        });
    return dialled;
  }

  private Bootstrap bootstrap(int timeoutMillis, EventLoop loop, ChannelHandler initializer) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(transport::newSocketChannel)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(watched(initializer));
    options.forEach((option, value) -> set(bootstrap, option, value));
    return bootstrap;
  }

  private ChannelHandler watched(ChannelHandler initializer) {
    return transport == NettyTransport.NIO
        ? initializer
        : new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(outgoing.watch(), initializer);
          }
        };
  }

  @SuppressWarnings("unchecked")
  private static <T> void set(Bootstrap bootstrap, ChannelOption<T> option, Object value) {
    bootstrap.option(option, (T) value);
  }

  private final class Attempt {
    private final List<InetAddress> addresses;
    private final int port;
    private final long deadline;
    private final EventLoop loop;
    private final ChannelHandler initializer;
    private final Promise<DuplexChannel> dialled;

    Attempt(
        List<InetAddress> addresses,
        int port,
        long deadline,
        EventLoop loop,
        ChannelHandler initializer,
        Promise<DuplexChannel> dialled) {
      this.addresses = addresses;
      this.port = port;
      this.deadline = deadline;
      this.loop = loop;
      this.initializer = initializer;
      this.dialled = dialled;
    }

    void next(int index) {
      InetSocketAddress address = new InetSocketAddress(addresses.get(index), port);
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - loop.ticker().nanoTime());
      // An even share of the time that is left, so that one dead address does not starve the rest.
      long share = Math.max(1, left / (addresses.size() - index));
      ChannelFuture connecting = bootstrap((int) share, loop, initializer).connect(address);
      connecting.addListener(
          done -> {
            if (done.isSuccess()) {
              DuplexChannel channel = (DuplexChannel) connecting.channel();
              if (!dialled.trySuccess(channel)) {
                channel.close();
              }
            } else if (index + 1 < addresses.size() && loop.ticker().nanoTime() - deadline < 0) {
              next(index + 1);
            } else {
              dialled.tryFailure(done.cause());
            }
          });
    }
  }
}
