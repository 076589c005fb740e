package culvert.filter;

import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is looked up in a {@link RuleIndex}; null stands for what is not known.
 *
 * @param host a name, or the text of a glob: its wildcards are part of no key
 * @param port 0: not known
 * @param names by which the destination goes, too
 */
record Probe(
    @Nullable String host,
    @Nullable Network destination,
    @Nullable Network client,
    int port,
    @Nullable String listener,
    Set<String> osUsers,
    Set<String> applications,
    Set<String> names) {

  static Probe of(Subject subject) {
    IpAddress address = subject.address();
    return new Probe(
        subject.host(),
        address == null ? null : Network.of(address),
        Network.of(subject.client()),
        subject.port(),
        subject.listener(),
        known(subject.owner().users()),
        known(subject.owner().applications()),
        subject.names() instanceof DestinationNames.Known known ? known.names() : Set.of());
  }

  /** The keys of every rule that could cover {@code rule} are among the keys of this. */
  static Probe sampleOf(CompiledRule rule) {
    HostSet hosts = rule.hosts();
    PortSet ports = rule.ports();
    return new Probe(
        hosts.isUnconditional() || hosts.globs().isEmpty() ? null : hosts.globs().get(0).text(),
        rule.networks().networks().stream()
            .findFirst()
            .or(() -> hosts.literalAddresses().stream().findFirst().map(Network::of))
            .orElse(null),
        rule.clients().networks().stream().findFirst().orElse(null),
        ports.isUnconditional() ? 0 : ports.stream().findFirst().orElse(0),
        rule.listeners().stream().findFirst().orElse(null),
        rule.osUsers().sample().map(Set::of).orElse(Set.of()),
        rule.applications().sample().map(Set::of).orElse(Set.of()),
        Set.of());
  }

  private static Set<String> known(ClientOwner.Names names) {
    return names instanceof ClientOwner.Names.Known known ? known.names() : Set.of();
  }

  void forEachKey(PrefixLengths destinations, PrefixLengths clients, Consumer<RuleKey> consumer) {
    if (host != null) {
      forEachHostKey(host, consumer);
    }
    if (destination != null) {
      for (int length : destinations.of(destination.address())) {
        if (length <= destination.length()) {
          consumer.accept(new RuleKey.Destination(destination.within(length)));
        }
      }
    }
    if (client != null) {
      for (int length : clients.of(client.address())) {
        if (length <= client.length()) {
          consumer.accept(new RuleKey.Client(client.within(length)));
        }
      }
    }
    if (port != 0) {
      consumer.accept(new RuleKey.Port(port));
    }
    if (listener != null) {
      consumer.accept(new RuleKey.Listener(listener));
    }
    osUsers.forEach(name -> consumer.accept(new RuleKey.OsUser(name)));
    applications.forEach(name -> consumer.accept(new RuleKey.Application(name)));
    names.forEach(name -> consumer.accept(new RuleKey.Name(name)));
  }

  private static void forEachHostKey(String host, Consumer<RuleKey> consumer) {
    consumer.accept(new RuleKey.Name(host));
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      consumer.accept(new RuleKey.LastLabels(host.substring(dot + 1)));
      consumer.accept(new RuleKey.FirstLabels(host.substring(0, dot)));
    }
  }
}
