package culvert.config;

import java.util.Optional;

/**
 * How to reach an SSH server and log in; words of ssh_config(5).
 *
 * @param name the profile's key in the file
 * @param host the SSH server; empty: the host that the FTP client asked for
 * @param user who logs in
 * @param rekeyLimit bytes in one direction after which keys are exchanged again
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
    long rekeyLimit) {

  /** Whether the login takes the password from the FTP dialogue. */
  public boolean needsFtpPassword() {
    return login.password().isEmpty()
        && (login.authentication().contains(AuthMethod.PASSWORD)
            || login.authentication().contains(AuthMethod.KEYBOARD_INTERACTIVE));
  }

  /** Whether the login takes the user name from the FTP dialogue. */
  public boolean needsFtpUser() {
    return user instanceof SshUser.FromFtp;
  }
}
