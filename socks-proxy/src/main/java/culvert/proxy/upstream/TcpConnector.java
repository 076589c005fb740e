package culvert.proxy.upstream;

import culvert.proxy.door.Refusal;
import culvert.proxy.door.TcpListener;
import culvert.proxy.event.Endpoints;
import culvert.ssh.NettyTransport;
import culvert.ssh.OpenedChannel;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.PlainWords;
import culvert.ssh.TcpDialer;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@link DirectConnector} over Netty's sockets, which never connects to this process itself. */
public final class TcpConnector implements DirectConnector {
  private static final Duration RELAYED_TIMEOUT = Duration.ofSeconds(10);

  private final TcpDialer dialer;
  private final Duration timeout;
  private final OwnListeners ownListeners;
  private final Optional<BorrowedSources> borrowed;

  /**
   * Makes sockets that are relayed.
   *
   * @param outgoing where they are entered
   * @param answers to those from addresses of others
   */
  public static TcpConnector relayed(
      NettyTransport transport,
      OutgoingConnections outgoing,
      OwnListeners ownListeners,
      KeptAnswers answers) {
    Map<ChannelOption<?>, Object> options =
        Map.of(
            ChannelOption.SO_KEEPALIVE, true, ChannelOption.RECVBUF_ALLOCATOR, TcpListener.reads());
    return new TcpConnector(
        new TcpDialer(transport, options, outgoing),
        RELAYED_TIMEOUT,
        ownListeners,
        BorrowedSources.of(transport, options, outgoing, answers));
  }

  /**
   * @param timeout for all addresses of one destination together
   */
  public TcpConnector(TcpDialer dialer, Duration timeout, OwnListeners ownListeners) {
    this(dialer, timeout, ownListeners, Optional.empty());
  }

  private TcpConnector(
      TcpDialer dialer,
      Duration timeout,
      OwnListeners ownListeners,
      Optional<BorrowedSources> borrowed) {
    this.borrowed = borrowed;
    this.dialer = dialer;
    this.timeout = timeout;
    this.ownListeners = ownListeners;
  }

  @Override
  public Future<DuplexChannel> connect(
      List<InetAddress> addresses, int port, EventLoop loop, ChannelHandler initializer) {
    List<InetAddress> others =
        addresses.stream().filter(address -> !ownListeners.contains(address, port)).toList();
    return others.isEmpty()
        ? loop.newFailedFuture(ownListener(port))
        : told(dialer.dial(others, port, timeout, loop, initializer), others, port, loop);
  }

  @Override
  public Future<DuplexChannel> connectFrom(
      InetSocketAddress source,
      InetSocketAddress destination,
      EventLoop loop,
      ChannelHandler initializer) {
    InetAddress address = destination.getAddress();
    int port = destination.getPort();
    if (ownListeners.contains(address, port)) {
      return loop.newFailedFuture(ownListener(port));
    }
    return borrowed
        .map(sources -> sources.connect(source, destination, loop, initializer))
        .map(dialled -> told(dialled, List.of(address), port, loop))
        .orElseGet(() -> DirectConnector.super.connectFrom(source, destination, loop, initializer));
  }

  private static ConnectFailedException ownListener(int port) {
    return new ConnectFailedException(
        Refusal.NOT_ALLOWED, "port " + port + ": Culvert's own listener", null);
  }

  private static Future<DuplexChannel> told(
      Future<DuplexChannel> dialled, List<InetAddress> addresses, int port, EventLoop loop) {
    Promise<DuplexChannel> connected = loop.newPromise();
    dialled.addListener(
        (Future<DuplexChannel> done) -> {
          if (done.isSuccess()) {
            OpenedChannel.passOn(done, connected);
          } else {
            connected.tryFailure(failure(addresses, port, done.cause()));
          }
        });
    return connected;
  }

  private static ConnectFailedException failure(
      List<InetAddress> addresses, int port, Throwable cause) {
    InetSocketAddress last = new InetSocketAddress(addresses.get(addresses.size() - 1), port);
    return new ConnectFailedException(
        refusal(cause), Endpoints.text(last) + ": " + reason(cause), cause);
  }

  private static Refusal refusal(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return Refusal.TIMED_OUT;
    }
    if (cause instanceof NoRouteToHostException || isUnreachable(cause)) {
      return Refusal.NETWORK_UNREACHABLE;
    }
    if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
      return Refusal.HOST_UNREACHABLE;
    }
    if (cause instanceof ConnectException) {
      return Refusal.CONNECTION_REFUSED;
    }
    return Refusal.GENERAL_FAILURE;
  }

  /** The native transport and Java say so in words only. */
  private static boolean isUnreachable(Throwable cause) {
    String message = cause.getMessage();
    return message != null && message.toLowerCase(Locale.ROOT).contains("unreachable");
  }

  private static String reason(Throwable cause) {
    return switch (refusal(cause)) {
      case TIMED_OUT -> "connection timed out";
      case NETWORK_UNREACHABLE -> "no route to host";
      case HOST_UNREACHABLE -> "name unknown";
      case CONNECTION_REFUSED -> "connection refused";
      default -> PlainWords.of(cause);
    };
  }
}
