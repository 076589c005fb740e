package culvert.proxy.ftp;

import culvert.proxy.upstream.DirectConnector;
import culvert.ssh.Originator;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The way to one FTP server, chosen once: every data connection takes the way of its control
 * connection. Any thread may call.
 */
sealed interface Upstream {

  /**
   * Opens a data connection.
   *
   * @param elsewhere empty: to the host that the control connection has reached
   * @return completes on {@code loop}
   */
  Future<DuplexChannel> connect(
      Optional<InetAddress> elsewhere,
      int port,
      Originator originator,
      EventLoop loop,
      ChannelHandler initializer);

  /** Equal for ways from the same host to the same server. */
  List<Object> way();

  /** The control connection has ended; data connections go on. Idempotent. */
  void release();

  /**
   * Through SSH.
   *
   * @param host the target as the SSH server was told it for the control connection: servers want
   *     data from the address that control came from
   */
  record Tunnelled(SshSession session, String host, SshServer server, String user)
      implements Upstream {
    @Override
    public Future<DuplexChannel> connect(
        Optional<InetAddress> elsewhere,
        int port,
        Originator originator,
        EventLoop loop,
        ChannelHandler initializer) {
      String to = elsewhere.map(NetUtil::toAddressString).orElse(host);
      return session.openDirectTcpip(new TunnelTarget(to, port), originator, loop, initializer);
    }

    @Override
    public List<Object> way() {
      return List.of(server, session.serverAddress(), user, host);
    }

    @Override
    public void release() {
      session.release();
    }

    Future<SshException> ended() {
      return session.ended();
    }
  }

  /**
   * In plaintext.
   *
   * @param address the one that the control connection has reached
   */
  record Plain(DirectConnector connector, InetAddress address) implements Upstream {
    @Override
    public Future<DuplexChannel> connect(
        Optional<InetAddress> elsewhere,
        int port,
        Originator originator,
        EventLoop loop,
        ChannelHandler initializer) {
      return connector.connect(List.of(elsewhere.orElse(address)), port, loop, initializer);
    }

    @Override
    public List<Object> way() {
      return List.of(address);
    }

    @Override
    public void release() {}
  }
}
