package culvert.ssh.mina;

import culvert.ssh.BindAddress;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.channel.ForwardedTcpipChannel;
import culvert.ssh.mina.channel.SshDuplexChannel;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Promise;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.client.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs on a logged-in SSH connection. Confined to its event loop. */
final class SessionChannels {
  private static final Logger log = LoggerFactory.getLogger(SessionChannels.class);

  private final ClientSession session;
  private final NettyIoSession connection;
  private final WindowBudget windows;
  private final RemoteForwards forwards;
  private final Set<SshDuplexChannel> open = new HashSet<>();

  SessionChannels(SshServer server, ClientSession session, WindowBudget windows) {
    this.session = session;
    this.forwards = new RemoteForwards(server, session);
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
    track(channel, window, () -> gone.setSuccess(null));
  }

  RemoteForwards forwards() {
    return forwards;
  }

  /** See {@link ForwardedTcpipChannel.Gate}. */
  void opening(ForwardedTcpipChannel ssh, BindAddress connected, Originator originator) {
    forwards.find(connected, forward -> offer(ssh, forward, originator));
  }

  private void offer(
      ForwardedTcpipChannel ssh, Optional<ActiveForward> forward, Originator originator) {
    Optional<ChannelHandler> initializer = forward.flatMap(found -> acceptedBy(found, originator));
    if (initializer.isPresent()) {
      accept(ssh, forward.get(), originator, initializer.get());
    } else {
      ssh.refuse();
    }
  }

  private static Optional<ChannelHandler> acceptedBy(ActiveForward forward, Originator originator) {
    try {
      return forward.connections().accept(originator);
    } catch (RuntimeException e) {
      log.warn("{}: connection of {} refused: its user failed", forward, originator, e);
      return Optional.empty();
    }
  }

  private void accept(
      ForwardedTcpipChannel ssh,
      ActiveForward forward,
      Originator originator,
      ChannelHandler initializer) {
    long window = windows.reserve();
    forward.channelOpened();
    track(
        SshDuplexChannel.accept(connection, ssh, originator, window, initializer),
        window,
        forward::channelClosed);
  }

  private void track(SshDuplexChannel channel, long window, Runnable gone) {
    open.add(channel);
    channel
        .gone()
        .addListener(
            closed -> {
              open.remove(channel);
              windows.release(window);
              gone.run();
            });
  }

  /** The connection is gone, and everything on it. */
  void end(SshException reason) {
    forwards.end(reason);
    Set.copyOf(open).forEach(channel -> channel.connectionEnded(reason));
  }
}
