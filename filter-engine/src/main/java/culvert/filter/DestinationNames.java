package culvert.filter;

import java.util.Set;

/** By which of the rules' names a destination goes that the client has not named itself. */
public sealed interface DestinationNames {

  /** By none: what the client has asked for is all that is known of it. */
  DestinationNames NONE = new Known(Set.of());

  /** An address that some of {@link FilterEngine#names} may stand for; nobody has looked yet. */
  record NotLookedUp() implements DestinationNames {}

  /**
   * Those that stand for the address now.
   *
   * @param names of {@link FilterEngine#names}
   */
  record Known(Set<String> names) implements DestinationNames {
    public Known {
      names = Set.copyOf(names);
    }
  }
}
