package culvert.proxy.ftp.passive;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.HeldPorts;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The table of expected data connections, asked before the rules. Shared by all event loops; claims
 * are atomic.
 */
public interface DataClaims extends HeldPorts {

  /** What the table says of a client's request. */
  enum Claim {
    /** No FTP session has to do with that destination: the rules decide. */
    NOT_EXPECTED,
    /** It depends on who owns the client's socket: look it up and ask again. */
    NEEDS_OWNER,
    /** It belonged to an announced data connection; the FTP session has taken the client over. */
    TAKEN,
    /**
     * A tunnelled session holds that port and this client may not have it: refuse, never connect.
     */
    HELD
  }

  /**
   * Claims the announced data connection that the client asks for, if there is one. With {@link
   * Claim#TAKEN} the session that announced it opens the upstream, answers the client and relays.
   *
   * @param client on whose loop this is called
   * @param owner of the client's socket; not looked up at first
   */
  Claim claim(Client client, SocketOwner owner, ConnectionRecorder recorder);

  /**
   * Whether the client has a tunnelled session with the host that it asks for, or had one in the
   * last minute, and asks for a port that may be data's. What it sends there may be a file, however
   * little it looks like one.
   *
   * @param reached the address of the host, where it is known
   */
  boolean recentlyTunnelled(Client client, Optional<InetAddress> reached);
}
