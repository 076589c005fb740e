package culvert.config.read;

import culvert.config.Action;
import culvert.config.AuthMethod;
import culvert.config.CulvertConfig;
import culvert.config.Found;
import culvert.config.FtpSettings;
import culvert.config.Location;
import culvert.config.Rule;
import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.config.SshUser.FromSocks;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.read.ProfileReader.Profile;
import culvert.config.read.RuleReader.ParsedRule;
import culvert.config.yaml.Problems;
import culvert.config.yaml.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What no section can see alone: whether the sections fit together. */
final class SemanticChecks {
  private final List<Listener> listeners; // those whose clients the rules decide about
  private final Map<String, Profile> profiles;
  private final Problems problems;
  private final Set<String> listenerNames = new LinkedHashSet<>();

  SemanticChecks(List<Listener> listeners, Map<String, Profile> profiles, Problems problems) {
    this.listeners = listeners.stream().filter(listener -> !listener.isFixedTunnel()).toList();
    this.profiles = profiles;
    this.problems = problems;
    this.listeners.forEach(listener -> listenerNames.add(listener.name()));
  }

  void rule(ParsedRule parsed) {
    Rule rule = parsed.rule();
    listenersOf(parsed);
    Location profile = parsed.section().location(RuleReader.PROFILE);
    boolean known = knownProfile(rule.profile(), "profile", profile);
    @Nullable Action action = parsed.action();
    if (action == null) {
      return;
    }
    boolean tunnels = action == Action.FTP_TUNNEL || action == Action.TUNNEL;
    if (tunnels && known) {
      login(action, rule.profile(), rule.match().listeners(), profile);
    }
    if (action == Action.FTP_TUNNEL && known) {
      boolean own = parsed.section().has(RuleReader.FTP);
      Location location = own ? parsed.section().location(RuleReader.FTP) : profile;
      authTls(rule.ftp().settings(), rule.profile(), rule.userAtHost(), location);
    }
    if (!tunnels) {
      withoutTunnel(parsed);
    }
    if (rule.userAtHost() && (action == Action.TUNNEL || action == Action.BLOCK)) {
      problems.warning(
          parsed.section().location(RuleReader.USER_AT_HOST),
          "user-at-host: without effect with action: " + action);
    }
    if (parsed.section().has(RuleReader.FALLBACK_ON) && !plain(parsed)) {
      problems.error(
          parsed.section().location(RuleReader.FALLBACK_ON),
          "fallback-on: without effect (expected: fallback: plain beside it)");
    }
  }

  /** The default action uses the default profile, on every listener. */
  void defaultAction(Action action, FtpSettings settings, Location location) {
    if (action == Action.FTP_TUNNEL || action == Action.TUNNEL) {
      login(action, CulvertConfig.DEFAULT_PROFILE, List.of(), location);
    }
    if (action == Action.FTP_TUNNEL) {
      authTls(settings, CulvertConfig.DEFAULT_PROFILE, false, location);
    }
  }

  /** TLS hides from us what the client says of itself, and where the server waits for data. */
  private void authTls(FtpSettings settings, String name, boolean userAtHost, Location location) {
    @Nullable Profile profile = profiles.get(name);
    if (settings.authTls() == FtpSettings.AuthTls.REFUSE || profile == null || profile.broken()) {
      return;
    }
    List<String> obstacles = new ArrayList<>();
    for (SshProfile hop : profile.ssh().chain()) {
      if (hop.user() instanceof SshUser.FromFtp) {
        obstacles.add("profile " + Found.quoted(hop.name()) + " has user: from-ftp");
      }
      if (hop.takesFtpPassword()) {
        obstacles.add("profile " + Found.quoted(hop.name()) + " has password: from-ftp");
      }
    }
    if (userAtHost) {
      obstacles.add("user-at-host: true");
    }
    if (settings.dataConnections() == FtpSettings.DataConnections.LISTENER) {
      obstacles.add("data-connections: listener");
    }
    problems.warning(
        location,
        obstacles.isEmpty()
            ? "auth-tls: pass-through: what is said inside TLS cannot be seen: after PROT C, PORT or"
                + " EPRT has the FTP server connect to the client itself, in plaintext and past the"
                + " tunnel"
            : "auth-tls: pass-through: AUTH is refused all the same, because of what TLS would hide: "
                + String.join(", ", obstacles));
  }

  private void withoutTunnel(ParsedRule parsed) {
    if (plain(parsed)) {
      problems.error(
          parsed.section().location(RuleReader.FALLBACK),
          "fallback: plain with action: "
              + parsed.action()
              + " (expected: none; only a tunnel can fall back)");
    }
    for (Key<?> key : List.<Key<?>>of(RuleReader.PROFILE, RuleReader.TARGET)) {
      if (parsed.section().has(key)) {
        problems.warning(
            parsed.section().location(key),
            key.name() + ": without effect with action: " + parsed.action());
      }
    }
  }

  private static boolean plain(ParsedRule parsed) {
    return parsed.section().get(RuleReader.FALLBACK).equals("plain");
  }

  private void listenersOf(ParsedRule parsed) {
    @Nullable Section match = parsed.match();
    if (match == null) {
      return;
    }
    List<String> names = parsed.rule().match().listeners();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (!listenerNames.contains(name)) {
        problems.error(
            match.location(MatchReader.LISTENER, i),
            "listener: " + unknown(name, listenerNames, "a listener's name"));
      }
    }
  }

  boolean knownProfile(String name, String key, Location location) {
    if (profiles.containsKey(name)) {
      return true;
    }
    problems.error(location, key + ": " + unknown(name, profiles.keySet(), "a profile's name"));
    return false;
  }

  /** What to say of a name that is none of those. */
  static String unknown(String name, Set<String> known, String what) {
    return Found.message(name, choices(known, what) + Suggestions.didYouMean(name, known));
  }

  private static String choices(Set<String> names, String otherwise) {
    return names.isEmpty() || names.size() > 8 ? otherwise : String.join(", ", names);
  }

  /** Whether the profile can log in where that action uses it. */
  private void login(Action action, String name, List<String> onlyListeners, Location location) {
    @Nullable Profile profile = profiles.get(name);
    if (profile == null || profile.broken()) {
      return;
    }
    if (action == Action.TUNNEL) {
      noFtpDialogue(profile.ssh(), "action: tunnel", location);
    }
    for (SshProfile hop : profile.ssh().chain()) {
      if (hop.user() instanceof FromSocks) {
        fromSocks(hop.name(), onlyListeners, location);
      }
      if (hop.login().authentication().isEmpty()) {
        problems.warning(
            location,
            "profile "
                + Found.quoted(hop.name())
                + " cannot log in: ssh_config forbids every authentication that it could use; a hop"
                + " of ProxyJump uses publickey only");
      }
      if (hop.login().authentication().equals(List.of(AuthMethod.PUBLICKEY))
          && hop.login().identityFiles().isEmpty()
          && hop.login().identityAgent().isEmpty()
          && hop.sshConfig().isEmpty()) {
        problems.warning(
            location,
            "profile "
                + Found.quoted(hop.name())
                + " cannot log in: its only authentication is publickey, and it has no"
                + " identity-file and no identity-agent");
      }
    }
  }

  /** {@code from-ftp} is an error where nobody speaks FTP. */
  void noFtpDialogue(SshProfile profile, String where, Location location) {
    profile.chain().forEach(hop -> noFtpLogin(hop, where, location));
  }

  private void noFtpLogin(SshProfile profile, String where, Location location) {
    if (profile.sshConfig().isPresent()) {
      return; // of each host, ssh_config may say another user and other methods
    }
    if (profile.user() instanceof SshUser.FromFtp) {
      problems.error(
          location,
          where
              + " has no FTP dialogue, but profile "
              + Found.quoted(profile.name())
              + " has user: from-ftp (expected: a profile with a fixed user)");
    } else if (profile.takesFtpPassword()) {
      problems.error(
          location,
          where
              + " has no FTP dialogue, but profile "
              + Found.quoted(profile.name())
              + " has password: from-ftp (expected: a password from ${env:NAME} or ${file:/path},"
              + " or authentication: publickey)");
    }
  }

  /**
   * Without {@code users} a listener takes no name (SOCKS 5) or one that nobody checks (SOCKS 4),
   * which must not choose the account that a key opens.
   */
  private void fromSocks(String profile, List<String> onlyListeners, Location location) {
    List<String> open =
        listeners.stream()
            .filter(listener -> onlyListeners.isEmpty() || onlyListeners.contains(listener.name()))
            .filter(listener -> !listener.checksNames())
            .map(Listener::name)
            .toList();
    if (!open.isEmpty()) {
      problems.error(
          location,
          "profile "
              + Found.quoted(profile)
              + " has user: from-socks, but there is no checked SOCKS name on listener "
              + String.join(", ", open)
              + " (expected: users on each listener that the rule matches)");
    }
  }
}
