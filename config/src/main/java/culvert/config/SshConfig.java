package culvert.config;

import culvert.config.SshUser.Fixed;
import culvert.config.ssh.OpenSshConfig;
import culvert.config.ssh.OpenSshHost;
import java.util.Optional;
import java.util.Set;

/**
 * What a profile takes from OpenSSH's configuration: what it does not say itself. Immutable, read
 * once; equal only to itself.
 */
public final class SshConfig {
  private final OpenSshConfig files;
  private final Set<ProfileKey> given;

  /**
   * @param given the keys that the profile or the defaults have
   */
  public SshConfig(OpenSshConfig files, Set<ProfileKey> given) {
    this.files = files;
    this.given = Set.copyOf(given);
  }

  /** Whether the profile says it itself. */
  boolean gives(ProfileKey key) {
    return given.contains(key);
  }

  /**
   * The profile with what the files say of its host.
   *
   * @param requested the host, where the profile has none
   * @param user who logs in, if that is known and does not come from the files
   */
  SshProfile applied(SshProfile profile, String requested, Optional<String> user) {
    String host = profile.host().orElse(requested);
    OpenSshHost found = lookup(profile, host, user);
    Overlay overlay = new Overlay(profile, found, given);
    String hostName = found.hostName();
    return new SshProfile(
        profile.name(),
        hostName.equalsIgnoreCase(host) ? profile.host() : Optional.of(hostName),
        overlay.port(),
        overlay.user(),
        overlay.login(),
        overlay.hostKeys(),
        gives(ProfileKey.PROXY_JUMP) || gives(ProfileKey.PROXY)
            ? profile.way()
            : new JumpWay(files, given).to(profile, found),
        overlay.timeouts(),
        profile.pooling(),
        overlay.algorithms(),
        overlay.rekeyLimit());
  }

  private OpenSshHost lookup(SshProfile profile, String host, Optional<String> user) {
    if (profile.user() instanceof Fixed fixed && gives(ProfileKey.USER)) {
      return files.lookup(host, Optional.of(fixed.name()));
    }
    return user.isPresent() || gives(ProfileKey.USER)
        ? files.lookup(host, user)
        : files.lookup(host);
  }
}
