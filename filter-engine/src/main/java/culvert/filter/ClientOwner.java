package culvert.filter;

import java.util.Set;

/**
 * What is known of who runs the client.
 *
 * @param users the names of its user, the number among them
 * @param applications the names under which its program goes
 */
public record ClientOwner(Names users, Names applications) {

  /** Nobody has looked yet. */
  public static final ClientOwner NOT_LOOKED_UP =
      new ClientOwner(new Names.NotLookedUp(), new Names.NotLookedUp());

  /** Names of one thing. */
  public sealed interface Names {

    /** Nobody has looked yet. */
    record NotLookedUp() implements Names {}

    /**
     * Looked up.
     *
     * @param names empty: cannot be known, as of a client on another host; that matches nothing
     */
    record Known(Set<String> names) implements Names {
      public Known {
        names = Set.copyOf(names);
      }
    }
  }

  ClientOwner withUsers(Set<String> names) {
    return new ClientOwner(new Names.Known(names), applications);
  }

  ClientOwner withApplications(Set<String> names) {
    return new ClientOwner(users, new Names.Known(names));
  }
}
