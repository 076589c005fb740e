package culvert.proxy.ftp.core;

import java.util.Map;

/**
 * Numbers what data connections are for: passive commands, and transfers in active mode. One of
 * which nobody knows what it is for has a number of its own, not above 0, and serves what was the
 * newest request when it began.
 */
final class DataRequests {
  private final Map<Integer, Integer> guessed = new RecentMap<>();
  private int newest;

  int next() {
    return ++newest;
  }

  /** A data connection has begun. */
  int started(int number) {
    if (number <= 0) {
      guessed.put(number, newest);
    }
    return of(number);
  }

  /** What a data connection is for. */
  int of(int number) {
    return number > 0 ? number : guessed.getOrDefault(number, newest);
  }
}
