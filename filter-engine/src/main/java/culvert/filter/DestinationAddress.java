package culvert.filter;

import java.net.InetAddress;

/** What is known of a destination's address. */
public sealed interface DestinationAddress {

  /** A name that nobody has resolved yet. */
  record NotResolved() implements DestinationAddress {}

  /**
   * A name that does not resolve here: it matches no {@code network}, but for one that is blocked.
   * What is decided so is carried out so: nobody here resolves the name for that request any more.
   */
  record Unresolvable() implements DestinationAddress {}

  /** A literal address, or the one that the name resolved to and that will be connected. */
  record Known(InetAddress address) implements DestinationAddress {}
}
