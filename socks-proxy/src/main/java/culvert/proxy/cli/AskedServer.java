package culvert.proxy.cli;

import culvert.config.Endpoint;
import culvert.config.HostKeyPolicy;
import culvert.config.SshProfile;
import java.time.Duration;

/**
 * An SSH server that is asked for its host keys.
 *
 * @param address where, and the name that its keys are looked up under
 * @param profile as it holds for this server, ssh_config included
 */
record AskedServer(Endpoint address, SshProfile profile) {

  /**
   * Reads {@code HOST[:PORT]}. A profile that has a host of its own says of others no more than
   * which files to use.
   */
  static AskedServer parse(String text, SshProfile profile) {
    String host = HostPort.parse(text, profile.port()).host();
    boolean own = profile.host().map(host::equalsIgnoreCase).orElse(true);
    if (!own) {
      return new AskedServer(HostPort.parse(text, profile.port()), profile);
    }
    SshProfile effective = profile.forHost(host);
    int port = HostPort.parse(text, effective.port()).port();
    return new AskedServer(new Endpoint(effective.host().orElse(host), port), effective);
  }

  /** The host that the profile is for, at the profile's port. */
  static AskedServer of(String host, SshProfile effective) {
    return new AskedServer(
        new Endpoint(effective.host().orElse(host), effective.port()), effective);
  }

  String host() {
    return address.host();
  }

  int port() {
    return address.port();
  }

  HostKeyPolicy hostKeys() {
    return profile.hostKeys();
  }

  Duration deadline() {
    return profile.timeouts().login();
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
