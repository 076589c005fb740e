package culvert.proxy.door;

import java.net.InetSocketAddress;
import java.util.Optional;

/** What stands behind the front doors for clients that ask for BIND. */
@FunctionalInterface
public interface BindHandler {

  /**
   * Takes over a client, on its channel's event loop.
   *
   * @return the address for the first answer; empty: the client is refused, and not taken over
   */
  Optional<InetSocketAddress> bind(BindClient client);
}
