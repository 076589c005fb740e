package culvert.filter;

import java.net.InetAddress;

/**
 * Who asks, from where, for what.
 *
 * @param host the destination as the client gave it: a name or a literal address, IPv6 without
 *     brackets
 * @param address what is known of the destination's address; {@link DestinationAddress.Known} for a
 *     literal
 * @param port 1..65535
 * @param client the client's address
 * @param listener the name of the front door
 */
public record ConnectionRequest(
    String host, DestinationAddress address, int port, InetAddress client, String listener) {

  /** The same client asking for something else. */
  public ConnectionRequest withDestination(
      String otherHost, DestinationAddress otherAddress, int otherPort) {
    return new ConnectionRequest(otherHost, otherAddress, otherPort, client, listener);
  }

  /** The same request with what resolving the name has brought. */
  public ConnectionRequest withAddress(DestinationAddress resolved) {
    return new ConnectionRequest(host, resolved, port, client, listener);
  }
}
