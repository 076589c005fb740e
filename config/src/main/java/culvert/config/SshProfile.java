package culvert.config;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * How to reach an SSH server and log in; words of ssh_config(5).
 *
 * @param name the profile's key in the file
 * @param host the SSH server; empty: the host that the FTP client asked for
 * @param user who logs in
 * @param rekeyLimit when keys are exchanged again
 * @param sshConfig says the rest of a host that is asked for; empty: this is all there is
 */
public record SshProfile(
    String name,
    Optional<String> host,
    int port,
    SshUser user,
    SshLogin login,
    HostKeyPolicy hostKeys,
    SshWay way,
    SshTimeouts timeouts,
    SshPooling pooling,
    SshAlgorithms algorithms,
    RekeyLimit rekeyLimit,
    Optional<SshConfig> sshConfig) {

  /** A profile that says all itself. */
  public SshProfile(
      String name,
      Optional<String> host,
      int port,
      SshUser user,
      SshLogin login,
      HostKeyPolicy hostKeys,
      SshWay way,
      SshTimeouts timeouts,
      SshPooling pooling,
      SshAlgorithms algorithms,
      RekeyLimit rekeyLimit) {
    this(
        name,
        host,
        port,
        user,
        login,
        hostKeys,
        way,
        timeouts,
        pooling,
        algorithms,
        rekeyLimit,
        Optional.empty());
  }

  /**
   * What holds for one host: this profile, completed by ssh_config. Pure, and the same again for
   * the same host.
   *
   * @param requested the host that the client asked for, if the profile has none
   */
  public SshProfile forHost(String requested) {
    return forHost(requested, Optional.empty());
  }

  /**
   * The same when it is known whom the client logs in as.
   *
   * @param user empty: not known yet; then no {@code Match user} matches
   */
  public SshProfile forHost(String requested, Optional<String> user) {
    return sshConfig.map(config -> config.applied(this, requested, user)).orElse(this);
  }

  /** The hops of {@code proxy-jump} and this profile itself, outermost first. */
  public List<SshProfile> chain() {
    ArrayDeque<SshProfile> chain = new ArrayDeque<>();
    SshProfile next = this;
    while (next.way instanceof SshWay.Jump jump) {
      chain.addFirst(next);
      next = jump.hop();
    }
    chain.addFirst(next);
    return List.copyOf(chain);
  }

  /** What this profile and its hops give their SSH servers for connections and logins together. */
  public Duration patience() {
    return chain().stream()
        .map(hop -> hop.timeouts.connect().plus(hop.timeouts.login()))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Whether its own login takes the password from the FTP dialogue. */
  public boolean takesFtpPassword() {
    return login.password().isEmpty()
        && (login.authentication().contains(AuthMethod.PASSWORD)
            || login.authentication().contains(AuthMethod.KEYBOARD_INTERACTIVE));
  }

  /** Whether a login on the way takes the password from the FTP dialogue, its own or a hop's. */
  public boolean needsFtpPassword() {
    return chain().stream().anyMatch(SshProfile::takesFtpPassword);
  }

  /** Whether a login on the way takes the user name from the FTP dialogue, its own or a hop's. */
  public boolean needsFtpUser() {
    return chain().stream().anyMatch(profile -> profile.user instanceof SshUser.FromFtp);
  }

  /** The same, reached by another way. */
  public SshProfile by(SshWay other) {
    return new SshProfile(
        name,
        host,
        port,
        user,
        login,
        hostKeys,
        other,
        timeouts,
        pooling,
        algorithms,
        rekeyLimit,
        sshConfig);
  }
}
