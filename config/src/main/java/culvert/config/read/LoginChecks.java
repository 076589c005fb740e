package culvert.config.read;

import culvert.config.Action;
import culvert.config.AuthMethod;
import culvert.config.Found;
import culvert.config.FtpSettings;
import culvert.config.ListenerConfig;
import culvert.config.Location;
import culvert.config.SshLogin;
import culvert.config.SshProfile;
import culvert.config.SshUser.FromFtp;
import culvert.config.SshUser.FromSocks;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.read.ProfileReader.Profile;
import culvert.config.yaml.Problems;
import culvert.config.yaml.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the profiles that others name can log in where they are used. */
final class LoginChecks {
  private final List<Listener> listeners;
  private final Map<String, Profile> profiles;
  private final Problems problems;

  /**
   * @param listeners those whose clients the rules decide about
   */
  LoginChecks(List<Listener> listeners, Map<String, Profile> profiles, Problems problems) {
    this.listeners = listeners;
    this.profiles = profiles;
    this.problems = problems;
  }

  /** Whether there is such a profile; else that is told. */
  boolean knownProfile(String name, String key, Location location) {
    if (profiles.containsKey(name)) {
      return true;
    }
    problems.error(
        location, key + ": " + Suggestions.unknown(name, profiles.keySet(), "a profile's name"));
    return false;
  }

  /** Whether the profile can log in where that action uses it. */
  void forAction(Action action, String name, List<String> onlyListeners, Location location) {
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
      whyNot(hop)
          .ifPresent(
              why -> problems.warning(location, named(hop.name()) + " cannot log in: " + why));
    }
  }

  private static Optional<String> whyNot(SshProfile profile) {
    SshLogin login = profile.login();
    if (login.authentication().isEmpty()) {
      return Optional.of(
          "ssh_config forbids every authentication that it could use; a hop of ProxyJump uses"
              + " publickey only");
    }
    boolean keyless = login.identityFiles().isEmpty() && login.identityAgent().isEmpty();
    return keyless
            && login.authentication().equals(List.of(AuthMethod.PUBLICKEY))
            && profile.sshConfig().isEmpty()
        ? Optional.of(
            "its only authentication is publickey, and it has no identity-file and no"
                + " identity-agent")
        : Optional.empty();
  }

  /** TLS hides from us what the client says of itself, and where the server waits for data. */
  void authTls(FtpSettings settings, String name, boolean userAtHost, Location location) {
    @Nullable Profile profile = profiles.get(name);
    if (settings.authTls() == FtpSettings.AuthTls.REFUSE || profile == null || profile.broken()) {
      return;
    }
    List<String> obstacles = new ArrayList<>();
    for (SshProfile hop : profile.ssh().chain()) {
      if (hop.user() instanceof FromFtp) {
        obstacles.add(named(hop.name()) + " has user: from-ftp");
      }
      if (hop.takesFtpPassword()) {
        obstacles.add(named(hop.name()) + " has password: from-ftp");
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

  /** {@code from-ftp} is an error where nobody speaks FTP. */
  void noFtpDialogue(SshProfile profile, String where, Location location) {
    profile.chain().forEach(hop -> noFtpLogin(hop, where, location));
  }

  private void noFtpLogin(SshProfile profile, String where, Location location) {
    if (profile.sshConfig().isPresent()) {
      return; // of each host, ssh_config may say another user and other methods
    }
    if (profile.user() instanceof FromFtp) {
      refuse(profile, where, "user: from-ftp (expected: a profile with a fixed user)", location);
    } else if (profile.takesFtpPassword()) {
      refuse(
          profile,
          where,
          "password: from-ftp (expected: a password from ${env:NAME}, ${file:/path} or ${credential:NAME}, or"
              + " authentication: publickey)",
          location);
    }
  }

  private void refuse(SshProfile profile, String where, String has, Location location) {
    problems.error(
        location, where + " has no FTP dialogue, but " + named(profile.name()) + " has " + has);
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
            .collect(Collectors.toCollection(ArrayList::new));
    if (onlyListeners.contains(ListenerConfig.EXEC)) {
      open.add(ListenerConfig.EXEC);
    }
    if (!open.isEmpty()) {
      problems.error(
          location,
          named(profile)
              + " has user: from-socks, but there is no checked SOCKS name on listener "
              + String.join(", ", open)
              + " (expected: users on each listener that the rule matches)");
    }
  }

  private static String named(String profile) {
    return "profile " + Found.quoted(profile);
  }
}
