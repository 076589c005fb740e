package culvert.proxy.event;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes the ids of stories: UUIDs of version 7 (RFC 9562 section 5.7), which no two processes on
 * any hosts share, and which sort by the time of their making. Thread-safe.
 */
final class StoryIds {
  private static final int COUNTS = 1 << 12; // rand_a, which counts within a millisecond
  private static final long VERSION = 7L << 12;
  private static final long VARIANT = 0b10L << 62;

  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastMillis; // guarded by this
  private int count; // guarded by this

  StoryIds() {
    this(InstantSource.system(), new SecureRandom());
  }

  StoryIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** Greater than all before, even if the clock is set back. */
  synchronized UUID next() {
    long now = clock.millis();
    if (now > lastMillis) {
      lastMillis = now;
      count = 0;
    } else if (++count == COUNTS) {
      lastMillis++;
      count = 0;
    }
    return new UUID(lastMillis << 16 | VERSION | count, VARIANT | (random.nextLong() & -1L >>> 2));
  }
}
