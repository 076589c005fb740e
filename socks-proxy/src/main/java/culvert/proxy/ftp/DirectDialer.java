package culvert.proxy.ftp;

import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.Refusal;
import culvert.proxy.upstream.ConnectFailedException;
import culvert.proxy.upstream.DirectConnector;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Connects to clients' listeners over the network. Such a connection counts as one that the client
 * has made.
 */
public final class DirectDialer implements ClientDialer {
  private final DirectConnector connector;
  private final ConnectionLimits limits;

  /**
   * @param connector never connects to this process itself
   */
  public DirectDialer(DirectConnector connector, ConnectionLimits limits) {
    this.connector = connector;
    this.limits = limits;
  }

  @Override
  public Future<DuplexChannel> connect(
      InetSocketAddress listener, EventLoop loop, ChannelHandler initializer) {
    InetAddress client = listener.getAddress();
    if (!limits.tryAcquire(client)) {
      return loop.newFailedFuture(
          new ConnectFailedException(
              Refusal.NOT_ALLOWED, limits.open() + " connections are open", null));
    }
    return connector
        .connect(List.of(client), listener.getPort(), loop, initializer)
        .addListener((FutureListener<DuplexChannel>) connected -> release(client, connected));
  }

  private void release(InetAddress client, Future<DuplexChannel> connected) {
    if (connected.isSuccess()) {
      connected.getNow().closeFuture().addListener(closed -> limits.release(client));
    } else {
      limits.release(client);
    }
  }
}
