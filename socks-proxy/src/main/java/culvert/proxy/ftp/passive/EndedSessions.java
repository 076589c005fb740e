package culvert.proxy.ftp.passive;

import culvert.proxy.owner.SocketOwner;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tunnelled sessions that have ended a short while ago: their servers may still listen, and their
 * clients still come. Guarded by the table's lock.
 */
final class EndedSessions {
  static final Duration KEPT_FOR = Duration.ofSeconds(60);

  /**
   * Of each kind. Beyond that the client that has the most loses its oldest one early, so that
   * nobody's are forgotten for another's sake.
   */
  static final int MAX = 10_000;

  /** A SOCKS user can be invented, the owner of a socket cannot. */
  private record Whose(InetAddress address, Optional<Long> uid) {
    static Whose of(SessionClient client) {
      return new Whose(
          client.address(),
          client.owner().getNow() instanceof SocketOwner.Known known
              ? Optional.of(known.uid())
              : Optional.empty());
    }
  }

  /**
   * @param at in nanoseconds
   */
  private record Ended(Announcements session, Whose whose, long at) {}

  /** All in the order of their ends. */
  private static final class Kind {
    final Set<Ended> all = new LinkedHashSet<>();
    final Map<Whose, Deque<Ended>> byClient = new HashMap<>();

    void add(Ended ended) {
      all.add(ended);
      byClient.computeIfAbsent(ended.whose(), whose -> new ArrayDeque<>()).add(ended);
      if (all.size() > MAX) {
        forget(Collections.max(byClient.values(), Comparator.comparingInt(Deque::size)).element());
      }
    }

    /** A client's oldest one. */
    void forget(Ended oldest) {
      all.remove(oldest);
      byClient.computeIfPresent(
          oldest.whose(),
          (whose, ended) -> {
            ended.remove();
            return ended.isEmpty() ? null : ended;
          });
      oldest.session().forget();
    }

    void forget(long now) {
      while (!all.isEmpty()) {
        Ended oldest = all.iterator().next();
        if (now - oldest.at() <= KEPT_FOR.toNanos()) {
          return;
        }
        forget(oldest);
      }
    }
  }

  private final Kind holding = new Kind();
  private final Kind others = new Kind(); // many more, which are only remembered

  void add(Announcements session, long now) {
    forget(now);
    Kind kind = session.holdsAnything() ? holding : others;
    kind.add(new Ended(session, Whose.of(session.client()), now));
  }

  /** Forgets those whose time is up. */
  void forget(long now) {
    holding.forget(now);
    others.forget(now);
  }
}
