package culvert.proxy.ftp.passive;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Tunnelled sessions that have ended a short while ago: their servers may still listen, and their
 * clients still come. Guarded by the table's lock.
 */
final class EndedSessions {
  static final Duration KEPT_FOR = Duration.ofSeconds(60);

  /** Of each kind; beyond that the oldest is forgotten early. */
  static final int MAX = 10_000;

  /**
   * @param at in nanoseconds
   */
  private record Ended(Announcements session, long at) {}

  private final Deque<Ended> holding = new ArrayDeque<>(); // oldest first
  private final Deque<Ended> others = new ArrayDeque<>(); // many more, which are only remembered

  void add(Announcements session, long now) {
    forget(now);
    Deque<Ended> ended = session.holdsAnything() ? holding : others;
    if (ended.size() >= MAX) {
      ended.remove().session().forget();
    }
    ended.add(new Ended(session, now));
  }

  /** Forgets those whose time is up. */
  void forget(long now) {
    forget(holding, now);
    forget(others, now);
  }

  private static void forget(Deque<Ended> ended, long now) {
    while (!ended.isEmpty() && now - ended.peek().at() > KEPT_FOR.toNanos()) {
      ended.remove().session().forget();
    }
  }
}
