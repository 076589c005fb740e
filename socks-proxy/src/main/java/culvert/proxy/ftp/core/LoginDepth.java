package culvert.proxy.ftp.core;

import culvert.config.SshProfile;
import java.util.Optional;

/** How much of the FTP login has to be known before the tunnel can be made. */
public enum LoginDepth {
  /** The name; the first reply that the client gets from the server is the one to USER. */
  USER,
  /** Name and password; the first reply from the server is the one to PASS. */
  USER_AND_PASSWORD;

  /** What a profile's login needs of it; empty: nothing. */
  public static Optional<LoginDepth> of(SshProfile profile) {
    if (profile.needsFtpPassword()) {
      return Optional.of(USER_AND_PASSWORD);
    }
    return profile.needsFtpUser() ? Optional.of(USER) : Optional.empty();
  }
}
