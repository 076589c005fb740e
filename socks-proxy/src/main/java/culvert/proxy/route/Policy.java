package culvert.proxy.route;

import culvert.config.CulvertConfig;
import culvert.config.SshProfile;
import culvert.filter.FilterEngine;
import culvert.filter.RuleCompiler;
import java.util.Map;

/**
 * What decides about new connections: an immutable snapshot, replaced as a whole on reload.
 *
 * @param profiles ways to reach an SSH server by name
 */
public record Policy(FilterEngine rules, Map<String, SshProfile> profiles) {
  public Policy {
    profiles = Map.copyOf(profiles);
  }

  public static Policy of(CulvertConfig config) {
    return new Policy(RuleCompiler.compile(config).engine(), config.profiles());
  }

  /** The profile with this name, which the configuration has checked to be there. */
  SshProfile profile(String name) {
    SshProfile profile = profiles.get(name);
    if (profile == null) {
      throw new IllegalStateException(
          "profile: " + name + " (expected: one of " + profiles.keySet() + ")");
    }
    return profile;
  }
}
