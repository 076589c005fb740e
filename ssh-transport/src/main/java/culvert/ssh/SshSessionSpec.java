package culvert.ssh;

import culvert.config.SshWay;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Whose session with which server, and by which way.
 *
 * @param password from the FTP dialogue; empty where the server's profile needs none from there
 * @param client sessions are not shared between client hosts
 * @param via the session of the hop that the server is reached through; there is one if, and only
 *     if, the way of the server's profile is a {@link SshWay.Jump}, so that nothing ever goes
 *     directly that should not
 * @param asker on whose behalf names are looked up; makes no difference to the session
 */
public record SshSessionSpec(
    SshServer server,
    String user,
    Optional<Password> password,
    InetAddress client,
    Optional<SshSessionSpec> via,
    Asker asker) {

  public SshSessionSpec {
    if (server.isBehindHop() != via.isPresent()) {
      throw new IllegalArgumentException(
          "session with "
              + server
              + ": via "
              + (via.isPresent() ? "a hop" : "no hop")
              + " (expected: as the way of its profile says)");
    }
  }

  /** A session that nobody in particular asks for. */
  public SshSessionSpec(
      SshServer server,
      String user,
      Optional<Password> password,
      InetAddress client,
      Optional<SshSessionSpec> via) {
    this(server, user, password, client, via, Asker.CULVERT);
  }

  /** The same, asked for by somebody, as are the hops before the server. */
  public SshSessionSpec onBehalfOf(Asker other) {
    return new SshSessionSpec(
        server, user, password, client, via.map(hop -> hop.onBehalfOf(other)), other);
  }

  /** A session with a server that is not behind a hop. */
  public SshSessionSpec(
      SshServer server, String user, Optional<Password> password, InetAddress client) {
    this(server, user, password, client, Optional.empty());
  }
}
