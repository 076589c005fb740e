package culvert.proxy.door;

import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A SOCKS client that asked for BIND: it wants to hear of a port, and later of the server that has
 * connected to it. Confined to {@link #channel}'s event loop.
 *
 * <p>After the first answer exactly one of {@link #accept} and {@link #refuse} is called, unless
 * the channel closes before; it does when the client hangs up.
 */
public interface BindClient {

  Arrival arrival();

  default DuplexChannel channel() {
    return arrival().channel();
  }

  default InetSocketAddress address() {
    return arrival().peer();
  }

  /** The authenticated SOCKS user; empty: none was asked for. */
  Optional<String> user();

  /** The name of the listener by which the client came. */
  String listener();

  /** Somebody has connected, and is wired to it. Idempotent; see {@link BeforeLogin}. */
  default void served() {
    BeforeLogin.served(channel());
  }

  /**
   * The second answer: somebody has connected. Takes the front door's handlers out of the pipeline;
   * the first bytes that later handlers read are those that the client sends from now on.
   *
   * @param peer who has connected
   */
  void accept(InetSocketAddress peer);

  /** The second answer: nobody will connect any more. Closes. */
  void refuse(Refusal refusal);
}
