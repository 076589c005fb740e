package culvert.proxy.pin;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A destination to which a tunnel once stood.
 *
 * @param since when the first one stood; to the second
 * @param server the SSH server of that one, {@code host:port}: for people
 */
record Pin(PinnedDestination destination, Instant since, String server) {
  Pin {
    since = since.truncatedTo(ChronoUnit.SECONDS);
  }

  /** As it stands in the file. */
  String line() {
    return destination + " " + since + " " + server;
  }
}
