package culvert.ssh;

import culvert.config.Endpoint;
import culvert.config.SshProfile;
import java.net.InetAddress;
import java.util.Optional;

/**
 * An SSH server and how to reach it.
 *
 * @param host name or literal address: the profile's, or the one that the client asked for; its
 *     host key is looked up under this
 * @param address where to connect; empty: whatever the host resolves to
 */
public record SshServer(SshProfile profile, String host, Optional<InetAddress> address) {

  public SshServer(SshProfile profile, String host) {
    this(profile, host, Optional.empty());
  }

  public int port() {
    return profile.port();
  }

  @Override
  public String toString() {
    return Endpoint.format(host, port());
  }
}
