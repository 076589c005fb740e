package culvert.proxy.route;

import culvert.config.CulvertConfig;
import culvert.config.FtpSettings;
import culvert.config.SshProfile;
import culvert.filter.FilterEngine;
import culvert.filter.RuleCompiler;
import java.util.HashMap;
import java.util.Map;

/**
 * What decides about new connections: an immutable snapshot, replaced as a whole on reload.
 *
 * @param profiles ways to reach an SSH server by name
 * @param ftp how FTP is spoken where no rule says otherwise
 */
public record Policy(FilterEngine rules, Map<String, SshProfile> profiles, FtpSettings ftp) {
  public Policy {
    profiles = Map.copyOf(profiles);
  }

  public static Policy of(CulvertConfig config) {
    return new Policy(
        RuleCompiler.compile(config).engine(), config.profiles(), config.ftp().settings());
  }

  /** The same, with those profiles for the names that have none here. */
  public Policy withMissing(Map<String, SshProfile> others) {
    Map<String, SshProfile> all = new HashMap<>(others);
    all.putAll(profiles);
    return new Policy(rules, all, ftp);
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
