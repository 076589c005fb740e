package culvert.ssh;

import io.netty.channel.ChannelHandler;
import java.util.Optional;

/**
 * Takes the connections of one remote forward. Called on the SSH connection's event loop, where it
 * must not block.
 */
@FunctionalInterface
public interface ForwardedConnections {

  /**
   * Somebody connected to the forward.
   *
   * <p>The channel is as {@link SshSession#openDirectTcpip} has it; it lives on this event loop and
   * becomes active right after this returns. With its auto-read off nothing is read before someone
   * asks.
   *
   * @param originator who connected, as the SSH server says
   * @return the initializer of the channel's pipeline; empty refuses the connection
   */
  Optional<ChannelHandler> accept(Originator originator);

  /**
   * The server listens. Called once, before any {@link #accept} and before the future of the
   * request completes; not called where the request fails.
   */
  default void bound(RemoteForward forward) {}
}
