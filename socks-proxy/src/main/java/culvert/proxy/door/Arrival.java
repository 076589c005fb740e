package culvert.proxy.door;

import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Somebody who has come in, or was called. Made once, by the front door: whoever wants to know a
 * client's addresses asks here, and not its channel.
 *
 * @param channel auto-read off, half-closure allowed
 * @param peer the client's address
 * @param own our address, as the client has reached it, although it may be somebody else's: a
 *     captured client has reached us where it wanted to go; with {@code forwardedBy} the one by
 *     which we have reached the SSH server
 * @param forwardedBy the remote forward by which it has come; empty: {@code peer} is an address of
 *     this host's networks
 */
public record Arrival(
    DuplexChannel channel,
    InetSocketAddress peer,
    InetSocketAddress own,
    Optional<ForwardedBy> forwardedBy) {

  /** At a socket of ours. */
  public static Arrival at(DuplexChannel channel) {
    return of(channel, (InetSocketAddress) channel.remoteAddress(), Optional.empty());
  }

  /**
   * By a channel whose peer was told by somebody else.
   *
   * @param by empty: the channel is a socket
   */
  public static Arrival of(
      DuplexChannel channel, InetSocketAddress peer, Optional<ForwardedBy> by) {
    return new Arrival(channel, peer, (InetSocketAddress) channel.localAddress(), by);
  }

  /** The same, by a client that knows us under another address. */
  public Arrival reachedAt(InetSocketAddress address) {
    return new Arrival(channel, peer, address, forwardedBy);
  }

  /** The same, of a client that goes by another address. */
  public Arrival from(InetSocketAddress address) {
    return new Arrival(channel, address, own, forwardedBy);
  }
}
