package culvert.proxy.upstream;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
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
}
