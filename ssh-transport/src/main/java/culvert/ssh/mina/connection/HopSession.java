package culvert.ssh.mina.connection;

import culvert.ssh.Originator;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;

/** A hold on a session with a hop, for a connection to the next server. Thread-safe. */
public interface HopSession {
  /**
   * As {@link culvert.ssh.SshSession#openDirectTcpip}, for a channel that carries another SSH
   * connection: what that one receives it takes at once, so this one's window is a full one, and it
   * is no channel that a client waits for.
   */
  Future<DuplexChannel> openCarrier(
      TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer);

  /** See {@link culvert.ssh.SshSession#release}. */
  void release();
}
