package culvert.proxy.ftp.passive;

import culvert.proxy.door.Client;
import culvert.proxy.owner.SocketOwner;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Whose an FTP session is, and so whose its data connections must be.
 *
 * @param listener by which its control connection came
 * @param address of its control connection
 * @param owner of its control connection's socket
 * @param captured whether netfilter has brought it: whatever it does not bring goes past Culvert
 */
record SessionClient(
    String listener,
    InetAddress address,
    Optional<String> user,
    Future<SocketOwner> owner,
    boolean captured) {

  boolean isOf(Client other) {
    return other.forwardedBy().isEmpty() // else its address is another host's
        && address.equals(other.address().getAddress())
        && user.equals(other.user());
  }

  /** Whether it is the same client, and comes by the same front door. */
  boolean isOfListener(Client other) {
    return listener.equals(other.request().listener()) && isOf(other);
  }

  boolean isSameAs(SessionClient other) {
    return address.equals(other.address) && user.equals(other.user);
  }

  /** Whether it depends on who owns a socket, which nobody has looked up. */
  boolean needs(SocketOwner other) {
    return other instanceof SocketOwner.NotLookedUp
        && !(owner.getNow() instanceof SocketOwner.Unknown);
  }

  /** The control connection's owner was asked for first, so it is known first. */
  boolean isOwnedBy(SocketOwner other) {
    SocketOwner mine = owner.getNow();
    return mine instanceof SocketOwner.Unknown
        || (mine instanceof SocketOwner.Known known && known.isSameUserAs(other));
  }

  /** The same where one of the owners could not be told. */
  boolean mayBeOwnedBy(SocketOwner other) {
    return isOwnedBy(other)
        || other instanceof SocketOwner.Unknown
        || !(owner.getNow() instanceof SocketOwner.Known);
  }
}
