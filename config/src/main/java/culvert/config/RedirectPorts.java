package culvert.config;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where netfilter brings connections of this host: to 127.0.0.1 and to ::1, at these ports.
 *
 * @param v4 empty: nobody listens there
 * @param v6 the same
 */
public record RedirectPorts(OptionalInt v4, OptionalInt v6) {
  private static final Set<String> V4 = Set.of("127.0.0.1", "0.0.0.0", "localhost");
  private static final Set<String> V6 = Set.of("::1", "::");

  /** For each family, of the first listener that REDIRECT can reach. */
  public static RedirectPorts of(List<ListenerConfig> listeners) {
    return new RedirectPorts(port(listeners, V4), port(listeners, V6));
  }

  private static OptionalInt port(List<ListenerConfig> listeners, Set<String> addresses) {
    return listeners.stream()
        .filter(ListenerConfig.Redirect.class::isInstance)
        .map(ListenerConfig.Redirect.class::cast)
        .filter(listener -> !listener.transparent())
        .map(ListenerConfig.Redirect::bind)
        .filter(bind -> addresses.contains(bind.host()))
        .mapToInt(Endpoint::port)
        .findFirst();
  }
}
