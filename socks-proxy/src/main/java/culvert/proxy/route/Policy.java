package culvert.proxy.route;

import culvert.config.Action;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.FtpOptions;
import culvert.config.FtpSettings;
import culvert.config.ListenerConfig;
import culvert.config.PortRange;
import culvert.config.Rule;
import culvert.config.SshProfile;
import culvert.filter.FilterEngine;
import culvert.filter.RuleCompiler;
import culvert.proxy.upstream.TunnelPins.FixedTarget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What decides about new connections: an immutable snapshot, replaced as a whole on reload.
 *
 * @param profiles ways to reach an SSH server by name
 * @param ftp how FTP is spoken where no rule says otherwise
 * @param controlPorts on which FTP control connections are expected
 * @param pinTunnelled whether what was once tunnelled stays so where its SSH server is unreachable
 * @param fixedTargets of the rules that have one
 * @param pseudoAddresses see {@link CulvertConfig#pseudoAddresses}
 * @param hash see {@link CulvertConfig#hash}
 */
public record Policy(
    FilterEngine rules,
    Map<String, SshProfile> profiles,
    FtpSettings ftp,
    List<PortRange> controlPorts,
    boolean pinTunnelled,
    Set<FixedTarget> fixedTargets,
    Cidr pseudoAddresses,
    String hash) {
  public Policy {
    fixedTargets = Set.copyOf(fixedTargets);
    profiles = Map.copyOf(profiles);
    controlPorts = List.copyOf(controlPorts);
  }

  /** Of a configuration from which the listeners are taken, too. */
  public static Policy of(CulvertConfig config) {
    return of(config, config.listeners());
  }

  /**
   * The same.
   *
   * @param listeners those that are bound, whatever the configuration has
   */
  public static Policy of(CulvertConfig config, List<ListenerConfig> listeners) {
    return new Policy(
        RuleCompiler.compile(config, listeners).engine(),
        config.profiles(),
        config.ftp().settings(),
        controlPorts(config),
        config.pinTunnelled(),
        FixedTarget.of(config.rules()),
        config.pseudoAddresses(),
        config.hash());
  }

  /** A range of ports in a rule may well be one of data connections. */
  private static List<PortRange> controlPorts(CulvertConfig config) {
    Stream<PortRange> listed =
        Stream.concat(Stream.of(config.ftp()), config.rules().stream().map(Rule::ftp))
            .map(FtpOptions::ports)
            .flatMap(List::stream);
    Stream<PortRange> named =
        config.rules().stream()
            .filter(rule -> rule.action() == Action.FTP_TUNNEL)
            .flatMap(rule -> rule.match().ports().stream())
            .filter(range -> range.first() == range.last());
    return Stream.concat(listed, named).distinct().toList();
  }

  /** Whether the configuration names the port as one of FTP control connections. */
  public boolean isControlPort(int port) {
    return controlPorts.stream().anyMatch(range -> range.contains(port));
  }

  /** The same, with those profiles for the names that have none here. */
  public Policy withMissing(Map<String, SshProfile> others) {
    Map<String, SshProfile> all = new HashMap<>(others);
    all.putAll(profiles);
    return new Policy(
        rules, all, ftp, controlPorts, pinTunnelled, fixedTargets, pseudoAddresses, hash);
  }

  /** The profile with this name, which the configuration has checked to be there. */
  public SshProfile profile(String name) {
    SshProfile profile = profiles.get(name);
    if (profile == null) {
      throw new IllegalStateException(
          "profile: " + name + " (expected: one of " + profiles.keySet() + ")");
    }
    return profile;
  }
}
