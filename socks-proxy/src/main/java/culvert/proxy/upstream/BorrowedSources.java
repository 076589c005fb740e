package culvert.proxy.upstream;

import culvert.proxy.door.HostAddress;
import culvert.ssh.NettyTransport;
import culvert.ssh.OpenedChannel;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.TcpDialer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections to programs of this host from addresses that are another host's, by IP_TRANSPARENT.
 * That takes a privilege, and somebody who brings the answers back: before that nothing is sent.
 * What does not work nevertheless is not tried again for a while: with programs of this host all of
 * a family are alike, of other hosts each may have reasons of its own. Thread-safe.
 */
final class BorrowedSources {
  static final Duration MEMORY = Duration.ofMinutes(5);

  private static final int MAX_HOSTS = 1000;

  /** Clients are near. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final TcpDialer dialer;
  private final KeptAnswers answers;

  /** By family, or by another host's address. */
  private final Map<Object, Long> failed = new ConcurrentHashMap<>();

  BorrowedSources(TcpDialer dialer, KeptAnswers answers) {
    this.dialer = dialer;
    this.answers = answers;
  }

  /**
   * Where there may be any.
   *
   * @param options of their sockets
   */
  static Optional<BorrowedSources> of(
      NettyTransport transport,
      Map<ChannelOption<?>, Object> options,
      OutgoingConnections outgoing,
      KeptAnswers answers) {
    if (transport != NettyTransport.EPOLL) {
      return Optional.empty();
    }
    Map<ChannelOption<?>, Object> all = new HashMap<>(options);
    all.put(ChannelOption.SO_REUSEADDR, true); // many transfers come from one port
    return Optional.of(new BorrowedSources(new TcpDialer(transport, all, outgoing), answers));
  }

  /** See {@link DirectConnector#connectFrom}; fails with whatever says it best. */
  Future<DuplexChannel> connect(
      InetSocketAddress source,
      InetSocketAddress destination,
      EventLoop loop,
      ChannelHandler initializer) {
    Long last = failed.get(alike(destination));
    if (last != null && loop.ticker().nanoTime() - last < MEMORY.toNanos()) {
      return loop.newFailedFuture(new SocketException("did not work a while ago"));
    }
    KeptAnswers.Between between = new KeptAnswers.Between(source, destination);
    Promise<DuplexChannel> connected = loop.newPromise();
    answers
        .keep(between, loop)
        .addListener(
            kept -> {
              if (kept.isSuccess()) {
                dial(between, loop, initializer, connected);
              } else {
                connected.tryFailure(kept.cause());
              }
            });
    return connected;
  }

  private void dial(
      KeptAnswers.Between between,
      EventLoop loop,
      ChannelHandler initializer,
      Promise<DuplexChannel> connected) {
    dialer
        .dialFrom(between.source(), between.destination(), PATIENCE, loop, transparent(initializer))
        .addListener(
            (FutureListener<DuplexChannel>)
                done -> {
                  if (done.isSuccess()) {
                    done.getNow().closeFuture().addListener(closed -> answers.release(between));
                  } else {
                    answers.release(between);
                    remember(between, done.cause(), loop);
                  }
                  OpenedChannel.passOn(done, connected);
                });
  }

  private void remember(KeptAnswers.Between between, Throwable failure, EventLoop loop) {
    if (!isRefusal(failure)) {
      if (failed.size() >= MAX_HOSTS) {
        failed.clear();
      }
      failed.put(alike(between.destination()), loop.ticker().nanoTime());
    }
  }

  private static Object alike(InetSocketAddress client) {
    InetAddress address = client.getAddress();
    return HostAddress.isThisHost(address) ? address.getClass() : address;
  }

  private static ChannelHandler transparent(ChannelHandler initializer) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new Transparent(), initializer);
      }
    };
  }

  /** As an option of the dialler's, what is not allowed would be logged with a stack trace. */
  private static final class Transparent extends ChannelOutboundHandlerAdapter {
    @Override
    public void connect(
        ChannelHandlerContext context,
        SocketAddress remote,
        SocketAddress local,
        ChannelPromise promise) {
      try {
        context.channel().config().setOption(EpollChannelOption.IP_TRANSPARENT, true);
      } catch (ChannelException e) {
        promise.setFailure(e.getCause() == null ? e : e.getCause());
        return;
      }
      context.connect(remote, local, promise);
      context.pipeline().remove(this);
    }
  }

  /** The program's own answer, which it would give to anybody. */
  private static boolean isRefusal(Throwable cause) {
    return cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException);
  }
}
