package culvert.ssh.mina.pool;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.mina.connection.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Logins that a server has refused, or whose password it has where it wants more than that, each
 * remembered for its profile's {@code refused-login-memory}: a batch of jobs with an old password
 * is one failed login and not many, for which servers lock this host out. Which client came with it
 * makes no difference. Thread-safe.
 */
final class RefusedLogins {
  /** Beyond that the oldest are forgotten. */
  static final int MAX_REMEMBERED = 1000;

  private final Clock clock;
  private final Map<Tried, Refusal> refusals = new LinkedHashMap<>(); // guarded by this

  /** What was tried; the password as a keyed hash. */
  private record Tried(
      SshServer server, String user, String passwordHash, Optional<Tried> through) {
    static Tried of(SessionKey key) {
      return new Tried(key.server(), key.user(), key.passwordHash(), key.via().map(Tried::of));
    }
  }

  private record Refusal(SshFailure failure, String message, long refusedAt, Duration memory) {
    long nanosLeft(long now) {
      return memory.toNanos() - (now - refusedAt);
    }
  }

  RefusedLogins(Clock clock) {
    this.clock = clock;
  }

  /**
   * Remembers the failure if it is the server's verdict on the login, or behind one on its
   * password.
   *
   * @param passwordRefused whether the password itself was refused, and not only a factor missing
   */
  synchronized void note(SessionKey key, SshException failure, boolean passwordRefused) {
    Duration memory = key.server().profile().pooling().refusedLoginMemory();
    boolean verdict =
        failure.failure() == SshFailure.AUTH_FAILED
            || (failure.failure() == SshFailure.LOGIN_UNFINISHED && passwordRefused);
    if (!verdict || memory.isZero()) {
      return;
    }
    long now = clock.nanoTime();
    refusals.values().removeIf(refusal -> refusal.nanosLeft(now) <= 0);
    Tried tried = Tried.of(key);
    refusals.remove(tried); // it takes its place among the youngest
    if (refusals.size() == MAX_REMEMBERED) {
      Iterator<Tried> oldest = refusals.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    String message = String.valueOf(failure.getMessage());
    refusals.put(tried, new Refusal(failure.failure(), message, now, memory));
  }

  /** Why this login need not be tried now; empty: it may be. */
  synchronized Optional<SshException> remembered(SessionKey key) {
    Tried tried = Tried.of(key);
    Refusal refusal = refusals.get(tried);
    if (refusal == null) {
      return Optional.empty();
    }
    long left = refusal.nanosLeft(clock.nanoTime());
    if (left <= 0) {
      refusals.remove(tried);
      return Optional.empty();
    }
    String what = refusal.failure() == SshFailure.AUTH_FAILED ? "" : "; the password was refused";
    return Optional.of(
        new SshException(
            refusal.failure(),
            "%s%s %d s ago; not tried again for another %d s"
                .formatted(
                    refusal.message(),
                    what,
                    TimeUnit.NANOSECONDS.toSeconds(refusal.memory().toNanos() - left),
                    secondsRoundedUp(left))));
  }

  /** The login has succeeded after all, or is forgotten for another reason. */
  synchronized void forget(SessionKey key) {
    refusals.remove(Tried.of(key));
  }

  synchronized int size() {
    return refusals.size();
  }

  private static long secondsRoundedUp(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
  }
}
