package culvert.config;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach an SSH server and log in; words of ssh_config(5).
 *
 * @param name the profile's key in the file
 * @param host the SSH server; empty: the host that the FTP client asked for
 * @param user who logs in
 * @param authentication the methods to try, in this order; never empty
 * @param password empty: {@code from-ftp}
 * @param charset of FTP names and passwords that are not valid UTF-8
 * @param identityFiles private keys, tilde expanded
 * @param knownHosts files, tilde expanded; {@code accept-new} appends to the first
 * @param rekeyLimit bytes in one direction after which keys are exchanged again
 * @param idleTimeout an SSH connection without channels is kept this long for the next job
 */
public record SshProfile(
    String name,
    Optional<String> host,
    int port,
    SshUser user,
    List<AuthMethod> authentication,
    Optional<Secret> password,
    Charset charset,
    boolean acceptNewHostKeys,
    List<Path> knownHosts,
    List<Path> identityFiles,
    Optional<Secret> identityPassphrase,
    Duration connectTimeout,
    Duration loginTimeout,
    Duration serverAliveInterval,
    int serverAliveCountMax,
    long rekeyLimit,
    Duration idleTimeout) {

  public SshProfile {
    authentication = List.copyOf(authentication);
    knownHosts = List.copyOf(knownHosts);
    identityFiles = List.copyOf(identityFiles);
  }

  /** Whether the login takes the password from the FTP dialogue. */
  public boolean needsFtpPassword() {
    return password.isEmpty()
        && (authentication.contains(AuthMethod.PASSWORD)
            || authentication.contains(AuthMethod.KEYBOARD_INTERACTIVE));
  }

  /** Whether the login takes the user name from the FTP dialogue. */
  public boolean needsFtpUser() {
    return user instanceof SshUser.FromFtp;
  }
}
