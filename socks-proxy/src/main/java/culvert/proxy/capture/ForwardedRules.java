package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.RedirectPorts;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What {@link CapturePlan} does with the connections that other hosts have this one forward.
 *
 * <pre>
 *   forwarded   mangle: packets of these hosts; those of open sessions stay here
 *   brought     which of the others start one, by family: they go to the transparent listener
 *   passing     filter: whatever is on its way out all the same
 *   arriving    filter: the same, to this host itself
 *   refused     which of it is rejected: where nobody listens, TPROXY lets all packets go on
 * </pre>
 *
 * The packets stay on the host by {@link #MARK}, for which it needs a route, and their connections
 * are known by it ever after.
 */
final class ForwardedRules {
  static final String MARK = "0x" + Integer.toHexString(LocalRoute.MARK);

  /** Behind a match, what has the kernel keep the packet. */
  static final String KEPT = " meta mark set " + MARK + " ct mark set " + MARK + " accept";

  /** With what they are made of. */
  static final Map<String, String> CHAINS =
      new TreeMap<>(
          Map.of(
              "forwarded", " { type filter hook prerouting priority -150; policy accept; }",
              "brought", "",
              "passing", " { type filter hook forward priority 0; policy accept; }",
              "arriving", " { type filter hook input priority 0; policy accept; }",
              "refused", ""));

  /** Culvert's own connections to this host itself. */
  private static final String BY_ITSELF = "iifname \"lo\" accept";

  private static final String REJECTED = " reject with tcp reset";

  private final CaptureConfig config;
  private final CapturedTraffic traffic;
  private final BiConsumer<String, String> rules;

  private ForwardedRules(
      CaptureConfig config, CapturedTraffic traffic, BiConsumer<String, String> rules) {
    this.config = config;
    this.traffic = traffic;
    this.rules = rules;
  }

  /**
   * Makes them, if there are such hosts.
   *
   * @param listeners transparent ones
   * @param rules takes a chain and its next rule
   */
  static void make(
      CaptureConfig config,
      CapturedTraffic traffic,
      RedirectPorts listeners,
      BiConsumer<String, String> rules) {
    if (!config.forwarded().isEmpty()) {
      new ForwardedRules(config, traffic, rules).all(listeners);
    }
  }

  private void all(RedirectPorts listeners) {
    rules.accept("forwarded", BY_ITSELF);
    SessionGuard.KEPT.forEach(rule -> rules.accept("forwarded", rule));
    if (!config.local()) {
      rules.accept("forwarded", "fib daddr type local accept");
    }
    from("forwarded", "goto brought");
    for (IpFamily family : IpFamily.values()) {
      OptionalInt port = listeners.of(family.isIpv6());
      port.ifPresent(
          known -> matched("brought", family, " tproxy " + listener(family, known) + KEPT));
      matched("refused", family, REJECTED);
    }
    from("passing", "goto refused");
    if (config.local()) {
      rules.accept("arriving", BY_ITSELF);
      rules.accept("arriving", "meta mark " + MARK + " accept");
      from("arriving", "ct state new goto refused");
    }
  }

  private void from(String chain, String then) {
    for (IpFamily family : IpFamily.values()) {
      rules.accept(chain, family.header + " saddr @forwarded" + family.digit + " " + then);
    }
  }

  private void matched(String chain, IpFamily family, String fate) {
    traffic.of(family).forEach(match -> rules.accept(chain, match + fate));
  }

  private static String listener(IpFamily family, int port) {
    return family.header + " to " + (family == IpFamily.V4 ? "127.0.0.1:" : "[::1]:") + port;
  }
}
