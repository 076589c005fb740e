package culvert.config;

import java.util.List;
import java.util.Set;

/**
 * The conditions of a rule: every non-empty list must hold, and a list holds when one of its items
 * does.
 *
 * @param hosts the name the client gave
 * @param networks the destination's address, literal or, where needed, resolved
 * @param clients the client's address
 * @param listeners names of {@link ListenerConfig}s
 * @param applications globs for the name of a local client's program; case-sensitive
 * @param osUsers globs for the name or number of a local client's user; case-sensitive
 */
public record Match(
    List<HostPattern> hosts,
    List<Cidr> networks,
    List<PortRange> ports,
    List<Cidr> clients,
    List<String> listeners,
    List<String> applications,
    List<String> osUsers) {
  public static final Match ANYTHING =
      new Match(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  public Match {
    hosts = List.copyOf(hosts);
    networks = List.copyOf(networks);
    ports = List.copyOf(ports);
    clients = List.copyOf(clients);
    listeners = List.copyOf(listeners);
    applications = List.copyOf(applications);
    osUsers = List.copyOf(osUsers);
  }

  /** Whether clients of one of these listeners can meet the rule. */
  public boolean isForAnyOf(Set<String> names) {
    return listeners.isEmpty() ? !names.isEmpty() : listeners.stream().anyMatch(names::contains);
  }
}
