package culvert.proxy.event;

import culvert.ssh.SshSecurity;
import java.util.Optional;

/**
 * The SSH session that carries a connection.
 *
 * @param server {@code host:port}
 * @param user who has logged in there
 * @param security empty: another one's session, by which the client has come
 */
public record SshCarrier(String server, String user, Optional<SshSecurity> security) {

  /** Whether the client has come by it, wherever it goes from here. */
  boolean isTheClients() {
    return security.isEmpty();
  }
}
