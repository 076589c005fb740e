package culvert.filter;

import java.net.InetAddress;
import java.util.Set;

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
 * @param owner what is known of who runs the client
 */
public record ConnectionRequest(
    String host,
    DestinationAddress address,
    int port,
    InetAddress client,
    String listener,
    ClientOwner owner) {

  /** A request of a client of whom nobody has looked up who runs it. */
  public ConnectionRequest(
      String host, DestinationAddress address, int port, InetAddress client, String listener) {
    this(host, address, port, client, listener, ClientOwner.NOT_LOOKED_UP);
  }

  /** The same client asking for something else. */
  public ConnectionRequest withDestination(
      String otherHost, DestinationAddress otherAddress, int otherPort) {
    return new ConnectionRequest(otherHost, otherAddress, otherPort, client, listener, owner);
  }

  /** The same request with what resolving the name has brought. */
  public ConnectionRequest withAddress(DestinationAddress resolved) {
    return new ConnectionRequest(host, resolved, port, client, listener, owner);
  }

  /** The same request with the names of the client's user; none: unknown. */
  public ConnectionRequest withOsUser(Set<String> names) {
    return new ConnectionRequest(host, address, port, client, listener, owner.withUsers(names));
  }

  /** The same request with the names of the client's program; none: unknown. */
  public ConnectionRequest withApplication(Set<String> names) {
    return new ConnectionRequest(
        host, address, port, client, listener, owner.withApplications(names));
  }
}
