package culvert.filter;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request in the form in which rules compare: the name in lower case without its trailing dot, a
 * literal address in its one canonical spelling.
 *
 * @param address null unless {@code knowledge} is {@link Knowledge#KNOWN}
 */
record Subject(
    String host,
    Knowledge knowledge,
    @Nullable IpAddress address,
    int port,
    IpAddress client,
    String listener,
    ClientOwner owner,
    DestinationNames names) {

  /** What is known of the destination's address. */
  enum Knowledge {
    KNOWN,
    NOT_RESOLVED,
    UNRESOLVABLE
  }

  static Subject of(ConnectionRequest request) {
    Optional<IpAddress> literal = IpAddress.parse(request.host());
    IpAddress address = literal.orElse(null);
    Knowledge knowledge = Knowledge.KNOWN;
    if (address == null) {
      if (request.address() instanceof DestinationAddress.Known known) {
        address = IpAddress.of(known.address());
      } else if (request.address() instanceof DestinationAddress.Unresolvable) {
        knowledge = Knowledge.UNRESOLVABLE;
      } else {
        knowledge = Knowledge.NOT_RESOLVED;
      }
    }
    return new Subject(
        literal.map(IpAddress::toString).orElseGet(() -> canonicalName(request.host())),
        knowledge,
        address,
        request.port(),
        IpAddress.of(request.client()),
        request.listener(),
        request.owner(),
        knowledge == Knowledge.KNOWN ? request.names() : DestinationNames.NONE);
  }

  /** The spelling in which names and globs compare. */
  static String canonical(String host) {
    return IpAddress.parse(host).map(IpAddress::toString).orElseGet(() -> canonicalName(host));
  }

  private static String canonicalName(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") && name.length() > 1 ? name.substring(0, name.length() - 1) : name;
  }
}
