package culvert.proxy.door;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets SO_OOBINLINE on accepted sockets, for which NIO has no option. */
final class OobInlineServerSocketChannel extends NioServerSocketChannel {
  private static final Logger LOG = LoggerFactory.getLogger(OobInlineServerSocketChannel.class);

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    SocketChannel socket = javaChannel().accept();
    if (socket == null) {
      return 0;
    }
    try {
      socket.socket().setOOBInline(true);
      accepted.add(new NioSocketChannel(this, socket));
      return 1;
    } catch (IOException | RuntimeException e) {
      // This client has gone again; the listener stays.
      LOG.debug("accepted socket failed", e);
      socket.close();
      return 0;
    }
  }
}
