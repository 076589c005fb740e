package culvert.proxy.upstream;

import java.time.Duration;

/**
 * How long an {@link Opening} may take.
 *
 * @param tunnel until the tunnel stands, where plaintext is the way out
 * @param all until the connection stands, whatever is tried: WinSCP waits 15 s for an answer
 */
public record OpeningTimes(Duration tunnel, Duration all) {
  public static final OpeningTimes DEFAULT =
      new OpeningTimes(Duration.ofSeconds(10), Duration.ofMillis(14_500));
}
