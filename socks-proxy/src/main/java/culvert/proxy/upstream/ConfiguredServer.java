package culvert.proxy.upstream;

import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.filter.DestinationAddress;
import culvert.ssh.SshServer;
import java.net.InetAddress;
import java.util.Optional;

/**
 * An SSH server as the configuration has it for a client's request. What ssh_config says of it may
 * depend on who logs in, which is not always known at once.
 *
 * @param requested the host that the client asked for
 * @param decided what the rules have known of its address
 */
public record ConfiguredServer(SshProfile profile, String requested, DestinationAddress decided) {

  /** The server of a profile that has a host. */
  public static ConfiguredServer of(SshProfile profile) {
    return new ConfiguredServer(profile, "", new DestinationAddress.NotResolved());
  }

  /** Before anybody has logged in. */
  public SshServer server() {
    return server(profile.forHost(requested));
  }

  /** For that user. */
  public SshServer serverFor(String user) {
    boolean known = server().profile().user() instanceof SshUser.Fixed;
    return known ? server() : server(profile.forHost(requested, Optional.of(user)));
  }

  private SshServer server(SshProfile effective) {
    return effective
        .host()
        .filter(host -> !isUnknownHere(host))
        .map(host -> new SshServer(effective, host))
        .orElseGet(() -> requested(effective));
  }

  /** As where the profile's host is the very name that did not resolve. */
  private boolean isUnknownHere(String host) {
    return decided instanceof DestinationAddress.Unresolvable && host.equalsIgnoreCase(requested);
  }

  private SshServer requested(SshProfile effective) {
    Optional<InetAddress> address =
        decided instanceof DestinationAddress.Known known
            ? Optional.of(known.address())
            : Optional.empty();
    boolean resolvedHere = !(decided instanceof DestinationAddress.Unresolvable);
    return new SshServer(effective, requested, address, resolvedHere);
  }
}
