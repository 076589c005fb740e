package culvert.proxy.door;

import culvert.config.Endpoint;
import culvert.ssh.NettyTransport;
import culvert.ssh.PlainWords;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Listening sockets. */
public final class TcpListener {
  /** SOL_SOCKET and SO_OOBINLINE of Linux. */
  private static final ChannelOption<Integer> SO_OOBINLINE =
      new IntegerUnixChannelOption("SO_OOBINLINE", 1, 10);

  /** IPPROTO_TCP and TCP_SAVE_SYN of Linux. */
  private static final ChannelOption<Integer> TCP_SAVE_SYN =
      new IntegerUnixChannelOption("TCP_SAVE_SYN", 6, 27);

  private static final int BACKLOG = 1024;

  /** At most 1 MiB at once: four reads of a buffer that grows with what comes. */
  private static final int MAX_READ_BYTES = 256 * 1024;

  private static final int READS_PER_BATCH = 4;

  private TcpListener() {}

  /**
   * Listens, and from {@link #letIn} on gives each accepted socket its pipeline. Those sockets have
   * auto-read off, half-closure allowed, Nagle's algorithm off, and urgent data in line: an FTP
   * client's ABOR comes with some, and Java would drop it.
   *
   * @throws IOException which says what could not be bound and why
   */
  public static Channel bind(
      NettyTransport transport,
      EventLoopGroup loops,
      String name,
      Endpoint endpoint,
      ChannelHandler acceptedInitializer)
      throws IOException {
    return bind(bootstrap(transport, loops, acceptedInitializer), name, endpoint, "");
  }

  /**
   * The same on epoll, for what REDIRECT brings: how each connection began can be read.
   *
   * @throws IOException which says what could not be bound and why
   */
  public static Channel bindRedirected(
      EventLoopGroup loops, String name, Endpoint endpoint, ChannelHandler acceptedInitializer)
      throws IOException {
    return bind(
        bootstrap(NettyTransport.EPOLL, loops, acceptedInitializer).option(TCP_SAVE_SYN, 1),
        name,
        endpoint,
        "");
  }

  /**
   * The same on epoll, for what TPROXY brings: connections to whichever address and port.
   *
   * @throws IOException also where this process may not
   */
  public static Channel bindTransparent(
      EventLoopGroup loops, String name, Endpoint endpoint, ChannelHandler acceptedInitializer)
      throws IOException {
    return bind(
        bootstrap(NettyTransport.EPOLL, loops, acceptedInitializer, TcpListener::transparentSocket),
        name,
        endpoint,
        " (transparent needs CAP_NET_ADMIN)");
  }

  /**
   * The same with a socket that listens already, for what REDIRECT brings, or TPROXY.
   *
   * @throws IOException also where it is not transparent, and this process may not change that
   */
  public static Channel adoptRedirected(
      EventLoopGroup loops,
      String name,
      ServerSocketChannel socket,
      boolean transparent,
      ChannelHandler acceptedInitializer)
      throws IOException {
    ServerBootstrap bootstrap =
        bootstrap(
            NettyTransport.EPOLL,
            loops,
            acceptedInitializer,
            () -> transparent ? transparent(socket) : socket);
    if (!transparent) {
      bootstrap.option(TCP_SAVE_SYN, 1);
    }
    ChannelFuture adopted =
        bootstrap.option(ChannelOption.AUTO_READ, false).register().awaitUninterruptibly();
    if (!adopted.isSuccess()) {
      throw new IOException(
          "listener "
              + name
              + ": cannot take the socket that was passed: "
              + PlainWords.of(adopted.cause())
              + (transparent ? " (expected: Transparent=yes in the .socket unit)" : ""),
          adopted.cause());
    }
    return adopted.channel();
  }

  private static Channel bind(
      ServerBootstrap bootstrap, String name, Endpoint endpoint, String need) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port());
    ChannelFuture bound =
        bootstrap.option(ChannelOption.AUTO_READ, false).bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "listener "
              + name
              + ": cannot bind "
              + endpoint
              + ": "
              + PlainWords.of(bound.cause())
              + need,
          bound.cause());
    }
    return bound.channel();
  }

  /** Accepts those who have come and waited, and those who come from now on. From any thread. */
  public static void letIn(Channel listener) {
    listener.config().setAutoRead(true);
  }

  /** The same without waiting, neither here nor for {@link #letIn}. From any thread. */
  public static ChannelFuture bind(
      NettyTransport transport,
      EventLoopGroup loops,
      InetSocketAddress address,
      ChannelHandler acceptedInitializer) {
    return bootstrap(transport, loops, acceptedInitializer).bind(address);
  }

  /**
   * The same with a socket of epoll's that listens already.
   *
   * @return completes when the loops have it
   */
  public static ChannelFuture adopt(
      EventLoopGroup loops, ServerSocketChannel socket, ChannelHandler acceptedInitializer) {
    return bootstrap(NettyTransport.EPOLL, loops, acceptedInitializer, () -> socket).register();
  }

  private static ServerBootstrap bootstrap(
      NettyTransport transport, EventLoopGroup loops, ChannelHandler acceptedInitializer) {
    return bootstrap(transport, loops, acceptedInitializer, () -> newServerSocket(transport));
  }

  private static ServerBootstrap bootstrap(
      NettyTransport transport,
      EventLoopGroup loops,
      ChannelHandler acceptedInitializer,
      ChannelFactory<ServerSocketChannel> sockets) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(sockets)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
            .childHandler(acceptedInitializer);
    if (transport == NettyTransport.EPOLL) {
      bootstrap.childOption(SO_OOBINLINE, 1);
    }
    return bootstrap;
  }

  /** How relayed sockets read: much at once where much comes. */
  public static RecvByteBufAllocator reads() {
    AdaptiveRecvByteBufAllocator reads =
        new AdaptiveRecvByteBufAllocator(512, 4096, MAX_READ_BYTES);
    reads.maxMessagesPerRead(READS_PER_BATCH);
    return reads;
  }

  /** As an option of the bootstrap's, what is not allowed would be logged with a stack trace. */
  private static ServerSocketChannel transparentSocket() {
    return transparent(new EpollServerSocketChannel());
  }

  private static ServerSocketChannel transparent(ServerSocketChannel socket) {
    try {
      if (!Boolean.TRUE.equals(socket.config().getOption(EpollChannelOption.IP_TRANSPARENT))) {
        socket.config().setOption(EpollChannelOption.IP_TRANSPARENT, true);
      }
      return socket;
    } catch (ChannelException e) {
      socket.unsafe().closeForcibly();
      throw e;
    }
  }

  private static ServerSocketChannel newServerSocket(NettyTransport transport) {
    return transport == NettyTransport.NIO
        ? new OobInlineServerSocketChannel()
        : transport.newServerSocketChannel();
  }
}
