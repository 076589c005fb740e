package culvert.proxy.ftp;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/**
 * Connects to a client's own listener, by the way on which the client came. Any thread may call.
 */
public interface ClientDialer {

  /**
   * Connects.
   *
   * @param listener at the client's own address
   * @param loop where the future completes
   * @param initializer added to the channel's pipeline before anything is read
   * @return auto-read off, half-closure allowed; failed, the cause's message says why
   */
  Future<DuplexChannel> connect(
      InetSocketAddress listener, EventLoop loop, ChannelHandler initializer);
}
