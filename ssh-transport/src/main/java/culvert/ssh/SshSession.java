package culvert.ssh;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A lease on an authenticated SSH session. It keeps the session open until {@link #release}; other
 * leases may share the session. Any thread may call.
 */
public interface SshSession {

  /**
   * Opens a direct-tcpip channel (RFC 4254 section 7.2).
   *
   * <p>The channel lives on the SSH connection's own event loop, which may differ from {@code
   * loop}. Its auto-read is off: nothing is read before someone asks. The peer's EOF is a {@link
   * io.netty.channel.socket.ChannelInputShutdownEvent}; {@code shutdownOutput} sends EOF after all
   * that was written; an inactive channel whose input was not shut down broke off, and then {@code
   * exceptionCaught} has said why. {@code close()} before the peer's EOF breaks the channel off.
   *
   * @param initializer added to the channel's pipeline before anything is read
   * @return completes on {@code loop}, when the server confirmed the channel
   */
  Future<DuplexChannel> openDirectTcpip(
      TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer);

  /**
   * How much of the time for the channel that was asked for last was Culvert's own by now, before
   * the server was asked: that says nothing of the server.
   */
  default Duration heldUp() {
    return Duration.ZERO;
  }

  /**
   * Has the server listen, and hand over who connects: a remote forward (RFC 4254 section 7.1).
   * Several may be asked for at once, and none waits for another.
   *
   * <p>The forward belongs to this lease, and {@link #release} cancels it; until it is cancelled it
   * keeps the session open, as do the channels that were accepted.
   *
   * @param connections hears of connections from the moment on that the server listens, which may
   *     be before the returned future has told its listeners
   * @return completes on {@code loop} when the server listens; fails with {@link
   *     SshFailure#FORWARDING_REFUSED} where it will not. Cancelling it before that cancels the
   *     forward.
   */
  Future<RemoteForward> requestRemoteForward(
      BindAddress bind, EventLoop loop, ForwardedConnections connections);

  /** How it is protected. */
  SshSecurity security();

  /** Where the server was reached; empty: a hop or a proxy has reached it, not we. */
  Optional<InetAddress> serverAddress();

  /**
   * Completes (never fails) with the reason when the SSH session has ended; on the session's own
   * loop. Other leases share it, and it may outlive this one for long: whoever adds a listener
   * takes it away again when the lease is given back.
   */
  Future<SshException> ended();

  /** Gives the lease back; channels that are open go on, remote forwards end. Idempotent. */
  void release();
}
