package culvert.ssh.mina.pool;

import culvert.ssh.SshException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sessions of one identity that take new users, and which of them a request gets. Guarded by
 * the pool's lock.
 */
final class KeyedSessions {
  /** A server that would not have one more is not asked again before that. */
  static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(60);

  private final int maximum;
  private final List<PooledSession> sessions = new ArrayList<>();
  private boolean growthFailed;
  private long growthFailedAt;

  /**
   * No sessions yet.
   *
   * @param maximum so many connections at most
   */
  KeyedSessions(int maximum) {
    this.maximum = maximum;
  }

  boolean isEmpty() {
    return sessions.isEmpty();
  }

  Stream<PooledSession> all() {
    return sessions.stream();
  }

  /** How long whoever logs in has been, or was, held up by Culvert itself at most. */
  Duration ownTime() {
    return sessions.stream()
        .map(PooledSession::ownTime)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** What one of their logins has left undone. */
  Optional<SshException> unfinished() {
    return sessions.stream().flatMap(session -> session.unfinished().stream()).findFirst();
  }

  void add(PooledSession session) {
    sessions.add(session);
  }

  void remove(PooledSession session) {
    sessions.remove(session);
  }

  /** A login has failed while others stand. */
  void pauseGrowth(long now) {
    growthFailed = true;
    growthFailedAt = now;
  }

  private boolean isPaused(long now) {
    return growthFailed && now - growthFailedAt < PAUSE_AFTER_FAILURE.toNanos();
  }

  /** Whether the next request is likely to be served without a login. */
  boolean isWarm() {
    return sessions.stream().anyMatch(PooledSession::isEstablished)
        && (sessions.size() >= maximum || sessions.stream().anyMatch(PooledSession::isIdle));
  }

  /** One that nobody uses; the oldest, so that those which are not needed grow idle. */
  Optional<PooledSession> idle(SessionRequest request) {
    return having(request, session -> session.isIdle() && !session.isFull()).findFirst();
  }

  /** Whether the request should log in: nothing stands or is on its way, or all are in use. */
  boolean wantOneMore(SessionRequest request, long now) {
    if (sessions.size() >= maximum || request.failure().isPresent()) {
      return false;
    }
    boolean onTheWay = having(request, session -> !session.isEstablished()).findAny().isPresent();
    return standing(request).findAny().isPresent() ? !isPaused(now) : !onTheWay;
  }

  /** One to share: the one with the least to do; one that is full only where all are. */
  Optional<PooledSession> leastLoaded(SessionRequest request) {
    return having(request, session -> session.isEstablished() || request.failure().isEmpty())
        .min(
            Comparator.comparing(PooledSession::isFull)
                .thenComparing(PooledSession::load)
                .thenComparing(session -> !session.isEstablished()));
  }

  /** One to share now, without waiting. */
  Optional<PooledSession> leastLoadedStanding(SessionRequest request) {
    return standing(request).min(Comparator.comparing(PooledSession::load));
  }

  private Stream<PooledSession> standing(SessionRequest request) {
    return having(request, session -> session.isEstablished() && !session.isFull());
  }

  private Stream<PooledSession> having(SessionRequest request, Predicate<PooledSession> what) {
    return sessions.stream().filter(request::accepts).filter(what);
  }

  /** Where one more connection should live: on a core of its own, if there is another. */
  EventLoop loopFor(EventLoop preferred) {
    Set<EventLoop> taken =
        sessions.stream().map(PooledSession::loop).collect(Collectors.toUnmodifiableSet());
    EventLoopGroup group = preferred.parent();
    if (!taken.contains(preferred) || group == null) {
      return preferred;
    }
    for (EventExecutor other : group) {
      if (other instanceof EventLoop loop && !taken.contains(loop)) {
        return loop;
      }
    }
    return preferred;
  }
}
