package culvert.ssh;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How Netty talks to the kernel. */
public enum NettyTransport {
  EPOLL,
  NIO;

  /** Epoll where there is one, else NIO; {@code CULVERT_TRANSPORT=nio} chooses NIO. */
  public static NettyTransport preferred() {
    return !"nio".equalsIgnoreCase(System.getenv("CULVERT_TRANSPORT")) && Epoll.isAvailable()
        ? EPOLL
        : NIO;
  }

  /** Event loops for this transport's channels, on threads {@code name-1-1} and so on. */
  public MultiThreadIoEventLoopGroup newGroup(String name, int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), ioHandlers());
  }

  /** What event loops for this transport's channels run on. */
  public IoHandlerFactory ioHandlers() {
    return this == EPOLL ? SteadyEpoll.newFactory() : NioIoHandler.newFactory();
  }

  public SocketChannel newSocketChannel() {
    return this == EPOLL ? new EpollSocketChannel() : new NioSocketChannel();
  }

  public ServerSocketChannel newServerSocketChannel() {
    return this == EPOLL ? new EpollServerSocketChannel() : new NioServerSocketChannel();
  }
}
