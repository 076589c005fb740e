package culvert.proxy.door;

import java.util.HashMap;
import java.util.Map;

/**
 * How many clients there are of each source, and whether there is room for one more. Of one source
 * there are so many at most, and those count with every user whose user is not known: they may be
 * that user's. They have half of that, so that they keep no user out. Not thread-safe: guarded by
 * its owner's lock.
 */
final class WaitingClients {
  /** Looking users up takes some milliseconds, for however many clients at once. */
  private static final int CROWD = 8;

  private final int most;
  private final Map<Source, Integer> present = new HashMap<>();
  private final Map<Source, Integer> users = new HashMap<>();

  /** Whose clients are counted together. */
  sealed interface Source {
    /** Those from there, who cannot be told apart. */
    record From(Origin origin) implements Source {}

    /** A user of this host. */
    record User(Object id) implements Source {}
  }

  /** Clients of this host that are nobody's yet. */
  enum Nobody implements Source {
    /** Not let in: its user is being looked up. */
    COMING,
    /** Let in, since there were few. */
    NOT_LOOKED_UP,
    /** Its user cannot be found out. */
    UNKNOWN
  }

  /**
   * @param most of one source
   */
  WaitingClients(int most) {
    this.most = most;
  }

  /** One more of that source, if there is room. */
  boolean tryAdd(Source source) {
    boolean room = hasRoom(source);
    if (room) {
      add(source);
    }
    return room;
  }

  private boolean hasRoom(Source source) {
    if (source instanceof Source.User) {
      return count(source) < most - nobodys();
    }
    if (source == Nobody.NOT_LOOKED_UP) {
      return count(source) < most / CROWD && hasRoomForNobodys();
    }
    if (source == Nobody.UNKNOWN) {
      return hasRoomForNobodys();
    }
    return count(source) < most;
  }

  private boolean hasRoomForNobodys() {
    int ofOneUser = users.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return nobodys() < most - most / 2 && ofOneUser < most - nobodys();
  }

  private int nobodys() {
    return count(Nobody.NOT_LOOKED_UP) + count(Nobody.UNKNOWN);
  }

  /** One more of that source, who has been let in already. */
  void add(Source source) {
    counts(source).merge(source, 1, Integer::sum);
  }

  /** Once for each that was added. */
  void remove(Source source) {
    counts(source).computeIfPresent(source, (s, count) -> count == 1 ? null : count - 1);
  }

  private int count(Source source) {
    return counts(source).getOrDefault(source, 0);
  }

  private Map<Source, Integer> counts(Source source) {
    return source instanceof Source.User ? users : present;
  }

  int total() {
    return present.values().stream().mapToInt(Integer::intValue).sum()
        + users.values().stream().mapToInt(Integer::intValue).sum();
  }
}
