package culvert.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where netfilter brings connections: to 127.0.0.1 and to ::1, at these ports.
 *
 * @param v4 empty: nobody listens there
 * @param v6 the same
 */
public record RedirectPorts(OptionalInt v4, OptionalInt v6) {
  private static final Set<String> V4 = Set.of("127.0.0.1", "0.0.0.0", "localhost");
  private static final Set<String> V6 = Set.of("::1", "::");
  private static final Set<String> LOOPBACK_V4 = Set.of("127.0.0.1", "localhost");
  private static final Set<String> LOOPBACK_V6 = Set.of("::1");

  /** Those of this host: for each family, of the first listener that REDIRECT can reach. */
  public static RedirectPorts of(List<ListenerConfig> listeners) {
    return new RedirectPorts(
        port(redirects(listeners, false), V4), port(redirects(listeners, false), V6));
  }

  /** The listeners whose ports {@link #of} has. */
  public static List<ListenerConfig.Redirect> listeners(List<ListenerConfig> all) {
    return Stream.of(V4, V6)
        .flatMap(addresses -> first(redirects(all, false), addresses).stream())
        .toList();
  }

  /**
   * Those of other hosts: for each family, of the first transparent listener that no host can reach
   * by itself.
   */
  public static RedirectPorts ofOthers(List<ListenerConfig> listeners) {
    return new RedirectPorts(
        port(redirects(listeners, true), LOOPBACK_V4),
        port(redirects(listeners, true), LOOPBACK_V6));
  }

  private static Stream<ListenerConfig.Redirect> redirects(
      List<ListenerConfig> listeners, boolean transparent) {
    return listeners.stream()
        .filter(ListenerConfig.Redirect.class::isInstance)
        .map(ListenerConfig.Redirect.class::cast)
        .filter(listener -> listener.transparent() == transparent);
  }

  private static OptionalInt port(
      Stream<ListenerConfig.Redirect> redirects, Set<String> addresses) {
    return first(redirects, addresses).stream()
        .map(ListenerConfig.Redirect::bind)
        .mapToInt(Endpoint::port)
        .findFirst();
  }

  private static Optional<ListenerConfig.Redirect> first(
      Stream<ListenerConfig.Redirect> redirects, Set<String> addresses) {
    return redirects.filter(redirect -> addresses.contains(redirect.bind().host())).findFirst();
  }

  /** Empty: for that family nobody listens. */
  public OptionalInt of(boolean ipv6) {
    return ipv6 ? v6 : v4;
  }
}
