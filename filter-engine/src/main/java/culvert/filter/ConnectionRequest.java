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
 * @param names what is known of the names by which rules may mean the destination, too
 */
public record ConnectionRequest(
    String host,
    DestinationAddress address,
    int port,
    InetAddress client,
    String listener,
    ClientOwner owner,
    DestinationNames names) {

  /** A request of a client of whom nobody has looked up who runs it. */
  public ConnectionRequest(
      String host, DestinationAddress address, int port, InetAddress client, String listener) {
    this(host, address, port, client, listener, ClientOwner.NOT_LOOKED_UP, DestinationNames.NONE);
  }

  /** The same client asking for something else. */
  public ConnectionRequest withDestination(
      String otherHost, DestinationAddress otherAddress, int otherPort) {
    return new ConnectionRequest(
        otherHost, otherAddress, otherPort, client, listener, owner, DestinationNames.NONE);
  }

  /** The same request with what resolving the name has brought. */
  public ConnectionRequest withAddress(DestinationAddress resolved) {
    return new ConnectionRequest(host, resolved, port, client, listener, owner, names);
  }

  /** The same request with the names of the client's user; none: unknown. */
  public ConnectionRequest withOsUser(Set<String> users) {
    return withOwner(owner.withUsers(users));
  }

  /** The same request with the names of the client's program; none: unknown. */
  public ConnectionRequest withApplication(Set<String> programs) {
    return withOwner(owner.withApplications(programs));
  }

  private ConnectionRequest withOwner(ClientOwner known) {
    return new ConnectionRequest(host, address, port, client, listener, known, names);
  }

  /** The same request with what is known of the destination's other names. */
  public ConnectionRequest withNames(DestinationNames known) {
    return new ConnectionRequest(host, address, port, client, listener, owner, known);
  }
}
