package culvert.config;

import java.time.Duration;
import java.util.Optional;

/**
 * When the keys of an SSH session are exchanged again, as ssh_config's RekeyLimit.
 *
 * @param bytes in one direction
 * @param time since the last exchange; empty: keys do not age
 */
public record RekeyLimit(long bytes, Optional<Duration> time) {
  private static final long LEAST = 16L << 10;
  private static final long MOST = 1L << 40;

  /** By volume alone. */
  public static RekeyLimit ofBytes(long bytes) {
    return new RekeyLimit(bytes, Optional.empty());
  }

  /** The nearest volume that may be configured. */
  public static long within(long bytes) {
    return Math.max(LEAST, Math.min(bytes, MOST));
  }
}
