package culvert.proxy.door;

import culvert.filter.ConnectionRequest;
import culvert.proxy.relay.HomeLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A client that asked for a destination and waits for the answer. Confined to {@link #channel}'s
 * event loop.
 *
 * <p>Exactly one of {@link #accept} and {@link #refuse} is called, unless the channel closes
 * before.
 */
public interface Client {

  Arrival arrival();

  default DuplexChannel channel() {
    return arrival().channel();
  }

  default InetSocketAddress address() {
    return arrival().peer();
  }

  /** Where what belongs to this client's connection lives. */
  default HomeLoop home() {
    return HomeLoop.of(channel());
  }

  /**
   * Brings the client to the loop of what it is to be wired to, so that its bytes need no hop: as
   * {@link HomeLoop#moveTo}, unless it has to stay where it is. It does where its channel is no
   * socket, and where its user can have the loop blocked: that may be nobody else's.
   */
  default void moveTo(EventLoop loop, Runnable then) {
    if (channel() instanceof SocketChannel && CommandNamespace.of(arrival()).isEmpty()) {
      home().moveTo(loop, then);
    } else {
      then.run();
    }
  }

  ConnectionRequest request();

  /** The authenticated SOCKS user; empty: none was asked for. */
  Optional<String> user();

  /** Whether the client itself has named the destination: as seen from here. */
  default boolean namesDestination() {
    return true;
  }

  /**
   * Whether netfilter has brought it here: it believes to be at its destination, and what it is
   * told of addresses must be that one's.
   */
  default boolean isCaptured() {
    return false;
  }

  /**
   * Whether it can have been brought here only for a session of an earlier process, of which nobody
   * knows any more: no rule may send it anywhere.
   */
  default boolean isLeftBehind() {
    return false;
  }

  /** The remote forward by which it has come; empty: it connected to a socket of ours. */
  default Optional<ForwardedBy> forwardedBy() {
    return arrival().forwardedBy();
  }

  /**
   * Whether the client sends nothing and expects nothing before it is answered. Where it does not,
   * {@link #accept} may come before anything is connected.
   */
  default boolean waitsForAnswer() {
    return true;
  }

  /**
   * It has got what it came for: it is logged in, or wired to its destination. Idempotent; see
   * {@link BeforeLogin}.
   */
  default void served() {
    BeforeLogin.served(channel());
  }

  /**
   * Tells the client that it is connected and takes the front door's handlers out of the pipeline.
   * Bytes that came behind the request are the first that later handlers read: add those handlers
   * before calling this.
   */
  void accept();

  /** Tells the client that it is not connected, and closes. */
  void refuse(Refusal refusal);
}
