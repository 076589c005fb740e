package culvert.proxy.tunnel;

import java.time.Duration;

/** How long to wait before the next attempt: twice as long each time, up to a minute. */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Duration next = FIRST;

  /** The wait after one more failure. */
  Duration afterFailure() {
    Duration wait = next;
    next = next.multipliedBy(2);
    if (next.compareTo(LONGEST) > 0) {
      next = LONGEST;
    }
    return wait;
  }

  /** The wait after a verdict that another attempt hardly changes. */
  Duration afterVerdict() {
    next = LONGEST;
    return LONGEST;
  }

  /** It has worked. */
  void reset() {
    next = FIRST;
  }
}
