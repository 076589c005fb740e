package culvert.proxy.owner;

import culvert.proxy.door.Arrival;
import io.netty.util.concurrent.Future;
import java.util.Set;

/**
 * Finds out who owns the client's end of a connection to this host. Asked on the channel's event
 * loop, where the futures complete; they never fail. What cannot be found out is unknown.
 */
public interface ClientOwners {

  /** Nobody is known: where there is no {@code /proc}. */
  ClientOwners NONE = new UnknownOwners();

  /**
   * The owner of the client's socket, never {@link SocketOwner.NotLookedUp}. Looked up once for
   * each channel; later calls get the same answer.
   */
  Future<SocketOwner> socket(Arrival client);

  /** The names of its user, the number as text among them; empty: unknown. */
  Future<Set<String>> users(Arrival client);

  /** The names under which its program goes; empty: unknown. */
  Future<Set<String>> applications(Arrival client);
}
