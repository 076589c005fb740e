package culvert.ssh.mina.channel;

/**
 * An estimate of how long a question to the SSH server and its answer take, from what is said
 * anyhow. What is measured is never too short and often too long: the server connects, or is busy,
 * or the answer waits behind data. So the shortest of the last few counts. Confined to the event
 * loop of the SSH connection.
 */
public final class RoundTrip {
  /** So few that a line which has become longer is soon known. */
  private static final int REMEMBERED = 3;

  private final long[] lastNanos = new long[REMEMBERED];
  private long count;

  /** An answer has come after so long. */
  void answered(long nanos) {
    lastNanos[(int) (count++ % REMEMBERED)] = Math.max(1, nanos);
  }

  /** It takes no longer than that, and perhaps much less. */
  void atMost(long nanos) {
    if (!isKnown() || nanos < nanos()) {
      answered(nanos);
    }
  }

  boolean isKnown() {
    return count > 0;
  }

  /** The estimate, where there is one. */
  long nanos() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
      least = Math.min(least, lastNanos[i]);
    }
    return least;
  }
}
