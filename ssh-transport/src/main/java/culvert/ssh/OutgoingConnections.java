package culvert.ssh;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The TCP connections that this process makes itself, each from before the kernel knows of it until
 * it has closed: so that whoever is given connections by netfilter tells its own from others.
 * Thread-safe.
 */
public final class OutgoingConnections {
  /** Where those go whose own address nobody knows yet: one for each loop at most. */
  private final Map<Channel, InetSocketAddress> connecting = new ConcurrentHashMap<>();

  /** By whose channel: the kernel may give ends out again before their last owner says so here. */
  private final Map<Connection, Channel> made = new ConcurrentHashMap<>();

  private record Connection(SocketAddress from, SocketAddress to) {}

  /**
   * Whether that is one of them.
   *
   * @param loop where the future completes, which never fails
   */
  public Future<Boolean> contain(InetSocketAddress from, InetSocketAddress to, EventLoop loop) {
    // In this order: what is made is entered there before it is taken out here.
    Iterator<Channel> unknown =
        connecting.entrySet().stream()
            .filter(one -> one.getValue().equals(to))
            .map(Map.Entry::getKey)
            .toList()
            .iterator();
    Promise<Boolean> contained = loop.newPromise();
    await(unknown, new Connection(from, to), contained);
    return contained;
  }

  /** Their loops are within connect(2), and behind that they know. */
  private void await(Iterator<Channel> unknown, Connection asked, Promise<Boolean> contained) {
    if (unknown.hasNext()) {
      unknown
          .next()
          .eventLoop()
          .submit(() -> {})
          .addListener((FutureListener<Object>) done -> await(unknown, asked, contained));
    } else {
      contained.setSuccess(made.containsKey(asked));
    }
  }

  /** Watches a channel connect; in front of all its other handlers. */
  ChannelHandler watch() {
    return new Watch();
  }

  private final class Watch extends ChannelOutboundHandlerAdapter {
    @Override
    public void connect(
        ChannelHandlerContext context,
        SocketAddress remote,
        SocketAddress local,
        ChannelPromise promise) {
      Channel channel = context.channel();
      connecting.put(channel, (InetSocketAddress) remote);
      try {
        context.connect(remote, local, promise);
        made(new Connection(channel.localAddress(), remote), channel);
      } finally {
        connecting.remove(channel);
        context.pipeline().remove(this);
      }
    }
  }

  private void made(Connection connection, Channel channel) {
    made.put(connection, channel);
    channel.closeFuture().addListener(closed -> made.remove(connection, channel));
  }
}
