package culvert.ssh;

import culvert.config.Endpoint;
import culvert.config.SshProfile;
import culvert.config.SshWay;
import java.net.InetAddress;
import java.util.Optional;

/**
 * An SSH server and how to reach it.
 *
 * @param host name or literal address: the profile's, or the one that the client asked for; its
 *     host key is looked up under this
 * @param address where to connect; empty: whatever the host resolves to, at the hop or the proxy
 *     that it is reached through, or here
 * @param resolvedHere whether the host may be resolved here; else it counts as unknown here, since
 *     something was decided by that
 */
public record SshServer(
    SshProfile profile, String host, Optional<InetAddress> address, boolean resolvedHere) {

  public SshServer(SshProfile profile, String host) {
    this(profile, host, Optional.empty());
  }

  public SshServer(SshProfile profile, String host, Optional<InetAddress> address) {
    this(profile, host, address, true);
  }

  public int port() {
    return profile.port();
  }

  /** Whether it is reached through another SSH server. */
  public boolean isBehindHop() {
    return profile.way() instanceof SshWay.Jump;
  }

  /** The last hop before it; empty: it is not behind one. */
  public Optional<SshServer> hop() {
    return profile.way() instanceof SshWay.Jump jump
        ? Optional.of(new SshServer(jump.hop(), jump.hop().host().orElseThrow()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return Endpoint.format(host, port());
  }
}
