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

  /** By volume alone. */
  public static RekeyLimit ofBytes(long bytes) {
    return new RekeyLimit(bytes, Optional.empty());
  }
}
