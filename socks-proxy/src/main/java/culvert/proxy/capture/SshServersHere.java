package culvert.proxy.capture;

import culvert.config.Action;
import culvert.config.CaptureConfig;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.Rule;
import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.config.SshWay;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * SSH servers on the host where connections are captured: sshd connects to FTP servers as the user
 * who has logged in, and if that one is captured, the connection comes back to Culvert, which has
 * sshd make it once more, without end.
 */
final class SshServersHere {
  private final CulvertConfig config;
  private final CaptureConfig capture;
  private final CaptureHost host;
  private final long own;

  /**
   * @param own the number of the user that Culvert runs as, who is not captured
   */
  SshServersHere(CulvertConfig config, CaptureConfig capture, CaptureHost host, long own) {
    this.config = config;
    this.capture = capture;
    this.host = host;
    this.own = own;
  }

  /** What is to be said of each profile, by its name. Blocks: it may ask a name server. */
  Map<String, String> loops() {
    Map<String, SshProfile> used = new TreeMap<>();
    Set<String> redirects = ListenerConfig.Redirect.names(config.listeners());
    for (Rule rule : config.rules()) {
      if (isTunnel(rule) && rule.match().isForAnyOf(redirects) && leadsToWhatIsCaptured(rule)) {
        used.put(rule.profile(), Objects.requireNonNull(config.profiles().get(rule.profile())));
      }
    }
    Map<String, String> loops = new LinkedHashMap<>();
    used.forEach(
        (name, profile) -> {
          if (mayBeCaptured(profile.user()) && isHere(profile)) {
            loops.put(name, "host: " + profile.host().orElseThrow() + message(profile.user()));
          }
        });
    return loops;
  }

  private static boolean isTunnel(Rule rule) {
    return rule.action() == Action.FTP_TUNNEL || rule.action() == Action.TUNNEL;
  }

  /** What was asked for was captured, and so is the same once more. */
  private boolean leadsToWhatIsCaptured(Rule rule) {
    return rule.target()
        .map(
            target ->
                PortSet.of(config).contains(target.port())
                    && (capture.local() || !host.isThisHost(target.host())))
        .orElse(true);
  }

  private boolean isHere(SshProfile profile) {
    return profile.chain().size() == 1
        && !(profile.way() instanceof SshWay.Proxy)
        && profile.host().filter(host::isThisHost).isPresent();
  }

  /** Of groups nobody knows here whose primary ones they are. */
  private boolean mayBeCaptured(SshUser user) {
    if (!(user instanceof SshUser.Fixed fixed)) {
      return capture.everybody() || !capture.users().isEmpty() || !capture.groups().isEmpty();
    }
    OptionalLong number = host.user(fixed.name());
    if (number.isPresent() && number.getAsLong() == own) {
      return false;
    }
    return capture.everybody()
        || !capture.groups().isEmpty()
        || capture.users().stream()
            .anyMatch(
                name ->
                    name.equals(fixed.name())
                        || (number.isPresent() && host.user(name).equals(number)));
  }

  private static String message(SshUser user) {
    return " is this host, and what its sshd connects to for "
        + (user instanceof SshUser.Fixed fixed ? fixed.name() : "those who log in")
        + " is captured, comes back to Culvert, and goes round and round (expected: an"
        + " SSH server on another host, or a user for it who is not captured)";
  }
}
