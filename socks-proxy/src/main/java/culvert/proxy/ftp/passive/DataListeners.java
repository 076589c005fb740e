package culvert.proxy.ftp.passive;

import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.door.TcpListener;
import culvert.proxy.door.WhenActive;
import culvert.proxy.ftp.data.DataDoor;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.upstream.OwnListeners;
import culvert.ssh.NettyTransport;
import culvert.ssh.PlainWords;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Opens listeners for data connections of clients that do not send them through the front door.
 * Thread-safe.
 */
public final class DataListeners {
  private final NettyTransport transport;
  private final EventLoopGroup loops;
  private final ClientOwners owners;
  private final DataDoor door;
  private final OwnListeners ownListeners;

  /**
   * @param limits data connections count like any other
   * @param connections are told of each
   * @param ownListeners where these listeners are entered while they live
   */
  public DataListeners(
      NettyTransport transport,
      EventLoopGroup loops,
      ClientOwners owners,
      ConnectionLimits limits,
      OpenConnections connections,
      OwnListeners ownListeners) {
    this.transport = transport;
    this.loops = loops;
    this.owners = owners;
    this.door = new DataDoor(limits, connections);
    this.ownListeners = ownListeners;
  }

  DataDoor door() {
    return door;
  }

  /**
   * Listens on a free port.
   *
   * @param taker is given the one client that is let in
   * @return completes on {@code loop}
   */
  Future<DataListener> listen(
      InetAddress address, DataListener.Awaited awaited, DataTaker taker, EventLoop loop) {
    DataListener listener = new DataListener(awaited, taker, owners, door, loop.newPromise());
    Promise<DataListener> listening = loop.newPromise();
    TcpListener.bind(transport, loops, new InetSocketAddress(address, 0), new Accepting(listener))
        .addListener(
            (ChannelFuture bound) -> {
              if (!bound.isSuccess()) {
                listening.setFailure(
                    new IOException(
                        "no port to listen on for data: " + PlainWords.of(bound.cause()),
                        bound.cause()));
                return;
              }
              InetSocketAddress port = (InetSocketAddress) bound.channel().localAddress();
              ownListeners.add(port);
              bound.channel().closeFuture().addListener(closed -> ownListeners.remove(port));
              listener.bound(bound.channel(), port);
              listening.setSuccess(listener);
            });
    return listening;
  }

  /** One for each accepted socket, whatever loop it is on. */
  @Sharable
  private static final class Accepting extends ChannelInitializer<Channel> {
    private final DataListener listener;

    Accepting(DataListener listener) {
      this.listener = listener;
    }

    @Override
    protected void initChannel(Channel channel) {
      channel.pipeline().addLast("data", new WhenActive(this::accepted));
    }

    private void accepted(DuplexChannel channel) {
      listener.accepted(channel);
    }
  }
}
