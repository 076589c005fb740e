package culvert.filter;

import culvert.config.Action;
import culvert.config.Match;
import culvert.config.Rule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One rule, ready to be asked. Conditions that nothing can fail, such as {@code host: "*"} or
 * {@code port: 1-65535}, are the same as no condition.
 */
final class CompiledRule {

  /** Whether a rule matches a request. */
  enum Verdict {
    NO,
    YES,
    /** What is known holds; which names stand for the address must be looked up. */
    NEEDS_NAMES,
    /** What is known holds; the client's user must be looked up. */
    NEEDS_OS_USER,
    /** What is known holds; the client's program must be looked up. */
    NEEDS_APPLICATION,
    /** All else holds; the destination's address decides. */
    NEEDS_ADDRESS
  }

  private final Rule rule;
  private final HostSet hosts;
  private final NetworkSet networks;
  private final PortSet ports;
  private final NetworkSet clients;
  private final Set<String> listeners;
  private final NameSet osUsers;
  private final NameSet applications;
  private final boolean matchesByName;

  /**
   * @param redirects the names of the listeners whose clients name no destination
   */
  CompiledRule(Rule rule, Set<String> redirects) {
    Match match = rule.match();
    this.rule = rule;
    this.hosts = new HostSet(match.hosts());
    this.networks = new NetworkSet(match.networks());
    this.ports = new PortSet(match.ports());
    NetworkSet from = new NetworkSet(match.clients());
    this.clients = from.containsEveryAddress() ? new NetworkSet(List.of()) : from;
    this.listeners = new HashSet<>(match.listeners());
    this.osUsers = new NameSet(match.osUsers());
    this.applications = new NameSet(match.applications());
    this.matchesByName =
        !hosts.spelledOut().isEmpty() && !hosts.isUnconditional() && match.isForAnyOf(redirects);
  }

  Verdict test(Subject subject) {
    if (!ports.contains(subject.port())
        || !listensAt(subject.listener())
        || !clients.contains(subject.client())
        || !osUsers.admits(subject.owner().users())
        || !applications.admits(subject.owner().applications())
        || !(hosts.matches(subject.host()) || mayMatchByName(subject))) {
      return Verdict.NO;
    }
    Verdict address = testAddress(subject);
    return address == Verdict.NO ? address : lookUps(subject).orElse(address);
  }

  private boolean mayMatchByName(Subject subject) {
    return matchesByName && hosts.spellsOutAny(subject.names());
  }

  /** Whether the destination as it was asked for is not what matches, but a name of its. */
  boolean matchesByNameAlone(Subject subject) {
    return mayMatchByName(subject) && !hosts.matches(subject.host());
  }

  /** The cheapest first. */
  private Optional<Verdict> lookUps(Subject subject) {
    if (subject.names() instanceof DestinationNames.NotLookedUp && matchesByNameAlone(subject)) {
      return Optional.of(Verdict.NEEDS_NAMES);
    }
    if (osUsers.needs(subject.owner().users())) {
      return Optional.of(Verdict.NEEDS_OS_USER);
    }
    return applications.needs(subject.owner().applications())
        ? Optional.of(Verdict.NEEDS_APPLICATION)
        : Optional.empty();
  }

  Verdict testAddress(Subject subject) {
    if (networks.isUnconditional()) {
      return Verdict.YES;
    }
    if (subject.address() == null) {
      return subject.knowledge() == Subject.Knowledge.NOT_RESOLVED
          ? Verdict.NEEDS_ADDRESS
          : yesIf(matchesUnresolvable());
    }
    return yesIf(networks.contains(subject.address()));
  }

  private static Verdict yesIf(boolean matches) {
    return matches ? Verdict.YES : Verdict.NO;
  }

  /**
   * Whether the rule's networks let a name pass that does not resolve here. It may lie in any of
   * them, seen from the SSH server, or a moment later: so what blocks one does not let it pass.
   */
  boolean matchesUnresolvable() {
    return networks.isUnconditional() || rule.action() == Action.BLOCK;
  }

  boolean listensAt(String listener) {
    return listeners.isEmpty() || listeners.contains(listener);
  }

  /** Whether this rule matches whatever {@code other} matches; true is a proof. */
  boolean covers(CompiledRule other) {
    return ports.covers(other.ports)
        && (listeners.isEmpty()
            || (!other.listeners.isEmpty() && listeners.containsAll(other.listeners)))
        && clients.covers(other.clients)
        && osUsers.covers(other.osUsers)
        && applications.covers(other.applications)
        && hosts.covers(other.hosts)
        && coversNames(other)
        && coversDestinations(other);
  }

  /** By a name alone neither a glob matches nor, everywhere, what is {@code direct}. */
  private boolean coversNames(CompiledRule other) {
    return !other.matchesByName
        || hosts.isUnconditional()
        || (hosts.spelledOut().containsAll(other.hosts.spelledOut())
            && (rule.action() != Action.DIRECT || other.rule.action() == Action.DIRECT));
  }

  private boolean coversDestinations(CompiledRule other) {
    List<IpAddress> literals = other.hosts.literalAddresses();
    if (!literals.isEmpty() && literals.stream().allMatch(networks::contains)) {
      return true;
    }
    boolean unresolvable = literals.isEmpty() && other.matchesUnresolvable();
    return networks.covers(other.networks) && (!unresolvable || matchesUnresolvable());
  }

  /** Whether the rule asks for literal addresses outside its own networks; true is a proof. */
  boolean contradictsItself() {
    List<IpAddress> literals = hosts.literalAddresses();
    return !literals.isEmpty() && literals.stream().noneMatch(networks::contains);
  }

  /** The names by which it may match an address. */
  Set<String> names() {
    return matchesByName ? hosts.spelledOut() : Set.of();
  }

  Rule rule() {
    return rule;
  }

  HostSet hosts() {
    return hosts;
  }

  NetworkSet networks() {
    return networks;
  }

  PortSet ports() {
    return ports;
  }

  NetworkSet clients() {
    return clients;
  }

  Set<String> listeners() {
    return listeners;
  }

  NameSet osUsers() {
    return osUsers;
  }

  NameSet applications() {
    return applications;
  }
}
