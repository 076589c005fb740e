package culvert.proxy.upstream;

import culvert.proxy.door.Refusal;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Plain TCP connections to destinations. */
public interface DirectConnector {

  /**
   * Connects to the first of the addresses that answers, within the connect deadline in total.
   *
   * @param addresses not empty, in the order in which they are tried
   * @param loop where the channel lives and the future completes
   * @param initializer added to the channel's pipeline before anything is read
   * @return the channel, auto-read off, half-closure allowed; fails with {@link
   *     ConnectFailedException}
   */
  Future<DuplexChannel> connect(
      List<InetAddress> addresses, int port, EventLoop loop, ChannelHandler initializer);

  /**
   * Connects to a program of this host from an address that is another host's.
   *
   * @return as above; fails with {@link ConnectFailedException} also where this host does not allow
   *     it, or has no way back
   */
  default Future<DuplexChannel> connectFrom(
      InetSocketAddress source,
      InetSocketAddress destination,
      EventLoop loop,
      ChannelHandler initializer) {
    return loop.newFailedFuture(
        new ConnectFailedException(
            Refusal.GENERAL_FAILURE, source + ": no address of this host", null));
  }
}
