package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.owner.SocketOwner;
import java.net.InetAddress;

/**
 * The table of expected data connections, asked before the rules. Shared by all event loops; claims
 * are atomic.
 */
public interface DataConnections {

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
   * Whether a tunnelled session holds that port, under whatever name a client asked for the
   * address. Asked with the address that is about to be connected directly: if so, it must not be.
   */
  boolean isHeld(InetAddress address, int port);
}
