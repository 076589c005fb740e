package culvert.proxy.event;

import java.net.InetSocketAddress;

/**
 * Hears of clients that a front door has refused before they had asked for a destination, and so
 * have no {@link Story}. Called on any event loop; must not block.
 */
@FunctionalInterface
public interface RefusedClients {

  /** Nobody hears. */
  RefusedClients UNHEARD = client -> {};

  /**
   * A client that was refused.
   *
   * @param listener the front door's name
   * @param address its own, as far as it is known
   * @param origin equal for all clients that may be the same one
   * @param detail more, for people
   */
  record RefusedClient(
      String listener,
      InetSocketAddress address,
      Object origin,
      HandshakeFailure failure,
      String detail) {}

  void refused(RefusedClient client);
}
