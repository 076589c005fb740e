package culvert.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a request must have for the rules that stand under the key to match. */
sealed interface RuleKey {

  /** The host has this very name. */
  record Name(String name) implements RuleKey {}

  /** The host ends with a dot and these labels. */
  record LastLabels(String labels) implements RuleKey {}

  /** The host begins with these labels and a dot. */
  record FirstLabels(String labels) implements RuleKey {}

  /** The destination's address lies in the network. */
  record Destination(Network network) implements RuleKey {}

  /** The client's address lies in the network. */
  record Client(Network network) implements RuleKey {}

  record Port(int port) implements RuleKey {}

  record Listener(String name) implements RuleKey {}

  /** The client's user goes by this name. */
  record OsUser(String name) implements RuleKey {}

  /** The client's program goes by this name. */
  record Application(String name) implements RuleKey {}

  /** A condition of a rule that may have keys; in the order of preference. */
  enum Condition {
    HOST,
    DESTINATION,
    CLIENT,
    PORT,
    LISTENER,
    OS_USER,
    APPLICATION
  }

  /** A port set larger than this has no keys. */
  int MOST_PORTS = 64;

  /**
   * The keys of one condition: a request that matches has at least one of them. Empty if the rule
   * lacks the condition, or it has no keys.
   */
  static List<RuleKey> keysOf(CompiledRule rule, Condition condition) {
    return switch (condition) {
      case HOST -> hostKeys(rule.hosts());
      case DESTINATION ->
          rule.networks().networks().stream().<RuleKey>map(Destination::new).toList();
      case CLIENT -> rule.clients().networks().stream().<RuleKey>map(Client::new).toList();
      case PORT -> portKeys(rule.ports());
      case LISTENER -> rule.listeners().stream().<RuleKey>map(Listener::new).toList();
      case OS_USER -> rule.osUsers().keys().stream().<RuleKey>map(OsUser::new).toList();
      case APPLICATION ->
          rule.applications().keys().stream().<RuleKey>map(Application::new).toList();
    };
  }

  private static List<RuleKey> hostKeys(HostSet hosts) {
    if (hosts.isUnconditional() || hosts.hasRegexes()) {
      return List.of();
    }
    List<RuleKey> keys = new ArrayList<>();
    for (Glob glob : hosts.globs()) {
      Optional<RuleKey> key = hostKey(glob);
      if (key.isEmpty()) {
        return List.of();
      }
      keys.add(key.get());
    }
    return keys.stream().distinct().toList();
  }

  private static Optional<RuleKey> hostKey(Glob glob) {
    if (glob.isLiteral()) {
      return Optional.of(new Name(glob.text()));
    }
    return glob.lastLabels()
        .<RuleKey>map(LastLabels::new)
        .or(() -> glob.firstLabels().map(FirstLabels::new));
  }

  private static List<RuleKey> portKeys(PortSet ports) {
    return ports.isUnconditional() || ports.size() > MOST_PORTS
        ? List.of()
        : ports.stream().<RuleKey>mapToObj(Port::new).toList();
  }
}
