package culvert.proxy.pin;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Where a tunnel once stood.
 *
 * @param since when the first one stood; to the second
 * @param server the SSH server of that one, {@code host:port}: for people
 * @param rule under which the client may have invented the name; its pins are counted
 */
record Pin(Pinned pinned, Instant since, String server, Optional<PinnedRule> rule) {
  Pin {
    since = since.truncatedTo(ChronoUnit.SECONDS);
  }

  /** As it stands in the file. */
  String line() {
    return pinned + " " + since + " " + server + rule.map(r -> " " + r).orElse("");
  }

  /** For all names under its rule. */
  Pin ofItsRule() {
    return new Pin(rule.orElseThrow(), since, server, Optional.empty());
  }
}
