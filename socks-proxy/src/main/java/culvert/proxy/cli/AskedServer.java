package culvert.proxy.cli;

import culvert.config.Endpoint;
import culvert.config.HostKeyPolicy;
import culvert.config.SshAlgorithms;
import culvert.config.SshProfile;
import culvert.ssh.HostKeys;
import java.util.Optional;

/**
 * An SSH server that is asked for its host keys.
 *
 * @param server where, and how
 * @param hostKeys which files say what of it, and under which name
 */
record AskedServer(HostKeys.Server server, HostKeyPolicy hostKeys) {

  /**
   * Reads {@code HOST[:PORT]}. A profile that has a host of its own says of others no more than
   * which files to use.
   */
  static AskedServer parse(String text, SshProfile profile) {
    String host = HostPort.parse(text, profile.port()).host();
    boolean own = profile.host().map(host::equalsIgnoreCase).orElse(true);
    if (!own) {
      return another(HostPort.parse(text, profile.port()), profile);
    }
    SshProfile effective = profile.forHost(host);
    int port = HostPort.parse(text, effective.port()).port();
    return of(new Endpoint(effective.host().orElse(host), port), effective);
  }

  /** The host that the profile is for, at the profile's port. */
  static AskedServer of(String host, SshProfile effective) {
    return of(new Endpoint(effective.host().orElse(host), effective.port()), effective);
  }

  private static AskedServer of(Endpoint address, SshProfile profile) {
    return asked(address, profile, profile.algorithms(), profile.hostKeys());
  }

  private static AskedServer another(Endpoint address, SshProfile profile) {
    HostKeyPolicy policy = profile.hostKeys();
    return asked(
        address,
        profile,
        SshAlgorithms.STANDARD,
        new HostKeyPolicy(
            policy.acceptNew(), policy.knownHosts(), Optional.empty(), policy.checkHostIp()));
  }

  private static AskedServer asked(
      Endpoint address, SshProfile profile, SshAlgorithms algorithms, HostKeyPolicy hostKeys) {
    return new AskedServer(
        new HostKeys.Server(address.host(), address.port(), algorithms, profile.timeouts().login()),
        hostKeys);
  }

  Endpoint address() {
    return new Endpoint(server.host(), server.port());
  }

  @Override
  public String toString() {
    return address().toString();
  }
}
