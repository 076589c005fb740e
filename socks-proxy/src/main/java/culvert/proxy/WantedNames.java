package culvert.proxy;

import culvert.proxy.upstream.NamedAddresses;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The names of a configuration whose addresses are to be known before anybody connects there.
 *
 * @param rules under {@code host}
 * @param destinations of the section {@code capture}
 */
record WantedNames(Set<String> rules, Set<String> destinations) {
  /** A name server may not answer; what it says later is taken then. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  Set<String> all() {
    Set<String> all = new HashSet<>(rules);
    all.addAll(destinations);
    return all;
  }

  /** Has them looked up, and waits for those on which depends what is captured. */
  void lookUp(NamedAddresses names) {
    names.want(all());
    if (!destinations.isEmpty()) {
      Leave.last(() -> names.awaitFirst(PATIENCE));
    }
  }
}
