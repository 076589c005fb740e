package culvert.proxy.upstream;

import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.ssh.SshServer;
import java.net.InetAddress;
import java.util.Optional;

/**
 * An SSH server as the configuration has it for a client's request. What ssh_config says of it may
 * depend on who logs in, which is not always known at once.
 *
 * @param requested the host that the client asked for
 * @param decided its address, if the rules have decided by that
 */
public record ConfiguredServer(
    SshProfile profile, String requested, Optional<InetAddress> decided) {

  /** The server of a profile that has a host. */
  public static ConfiguredServer of(SshProfile profile) {
    return new ConfiguredServer(profile, "", Optional.empty());
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
        .map(host -> new SshServer(effective, host))
        .orElseGet(() -> new SshServer(effective, requested, decided));
  }
}
