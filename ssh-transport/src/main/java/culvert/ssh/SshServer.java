package culvert.ssh;

import culvert.config.Endpoint;
import culvert.config.SshProfile;

/**
 * An SSH server and how to reach it.
 *
 * @param host name or literal address: the profile's, or the one that the client asked for
 */
public record SshServer(SshProfile profile, String host) {

  public int port() {
    return profile.port();
  }

  @Override
  public String toString() {
    return Endpoint.format(host, port());
  }
}
