package culvert.ssh.mina;

import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.channel.SshDuplexChannel;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Promise;
import java.util.HashSet;
import java.util.Set;
import org.apache.sshd.client.session.ClientSession;

/** The channels of a logged-in SSH connection. Confined to its event loop. */
final class SessionChannels {
  private final ClientSession session;
  private final NettyIoSession connection;
  private final WindowBudget windows;
  private final Set<SshDuplexChannel> open = new HashSet<>();

  SessionChannels(ClientSession session, WindowBudget windows) {
    this.session = session;
    this.connection = (NettyIoSession) session.getIoSession();
    this.windows = windows;
  }

  /**
   * Asks the server for a channel.
   *
   * @param opened completes when the server has answered
   * @param gone completes when the channel is closed or could not be opened
   */
  void openDirect(
      TunnelTarget target,
      Originator originator,
      ChannelHandler initializer,
      Promise<DuplexChannel> opened,
      Promise<Void> gone) {
    long window = windows.reserve();
    SshDuplexChannel channel =
        SshDuplexChannel.open(session, connection, target, originator, window, initializer, opened);
    track(channel, window, gone);
  }

  private void track(SshDuplexChannel channel, long window, Promise<Void> gone) {
    open.add(channel);
    channel
        .gone()
        .addListener(
            closed -> {
              open.remove(channel);
              windows.release(window);
              gone.setSuccess(null);
            });
  }

  /** The connection is gone, and everything on it. */
  void end(SshException reason) {
    Set.copyOf(open).forEach(channel -> channel.connectionEnded(reason));
  }
}
