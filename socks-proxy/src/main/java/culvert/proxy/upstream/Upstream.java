package culvert.proxy.upstream;

import culvert.config.Endpoint;
import culvert.config.FallbackReason;
import culvert.proxy.door.HostAddress;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.SshCarrier;
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
 * The way to one server, chosen once: every data connection takes the way of its control
 * connection. Any thread may call.
 */
public sealed interface Upstream {

  /** Equal for ways from the same host to the same server. */
  record Way(Optional<SshServer> server, Optional<InetAddress> address, String user, String host) {}

  /**
   * Opens a data connection.
   *
   * @param elsewhere where the server says that it listens; empty, or no address of a host: where
   *     the control connection has reached it
   * @return completes on {@code loop}
   */
  Future<DuplexChannel> connect(
      Optional<InetAddress> elsewhere,
      int port,
      Originator originator,
      EventLoop loop,
      ChannelHandler initializer);

  Way way();

  /** The tunnel that it is: what it carries must not leave it. Empty: it is in plaintext. */
  Optional<Tunnelled> tunnel();

  default boolean isTunnelled() {
    return tunnel().isPresent();
  }

  /** Why it is in plaintext, where a tunnel was wanted. */
  Optional<FallbackReason> fallback();

  /** The server's address, where it was reached from here. */
  Optional<InetAddress> reached();

  /** The first connection has ended; data connections go on. Idempotent. */
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
      String to = elsewhere.filter(HostAddress::isOne).map(NetUtil::toAddressString).orElse(host);
      return session.openDirectTcpip(new TunnelTarget(to, port), originator, loop, initializer);
    }

    @Override
    public Way way() {
      return new Way(Optional.of(server), session.serverAddress(), user, host);
    }

    @Override
    public Optional<Tunnelled> tunnel() {
      return Optional.of(this);
    }

    @Override
    public Optional<FallbackReason> fallback() {
      return Optional.empty();
    }

    @Override
    public Optional<InetAddress> reached() {
      return TunnelEnds.destination(server, session);
    }

    @Override
    public void release() {
      session.release();
    }

    /** What it is to a connection's story. */
    public SshCarrier carrier() {
      return new SshCarrier(server.toString(), user, Optional.of(session.security()));
    }

    public Future<SshException> ended() {
      return session.ended();
    }
  }

  /**
   * In plaintext.
   *
   * @param address the one that the control connection has reached
   * @param held the ports that tunnelled sessions hold
   */
  record Plain(
      DirectConnector connector,
      InetAddress address,
      HeldPorts held,
      Optional<FallbackReason> fallback)
      implements Upstream {

    @Override
    public Future<DuplexChannel> connect(
        Optional<InetAddress> elsewhere,
        int port,
        Originator originator,
        EventLoop loop,
        ChannelHandler initializer) {
      InetAddress to = elsewhere.filter(this::mayServe).orElse(address);
      if (!to.equals(address) && held.isHeld(to, port)) {
        return loop.newFailedFuture(
            new ConnectFailedException(
                Refusal.NOT_ALLOWED,
                Endpoint.format(NetUtil.toAddressString(to), port)
                    + ": held by a tunnelled FTP session",
                null));
      }
      return connector.connect(List.of(to), port, loop, initializer);
    }

    /** Loopback is this host, and the server's only if that is here too. */
    private boolean mayServe(InetAddress announced) {
      return HostAddress.isOne(announced)
          && (!announced.isLoopbackAddress() || address.isLoopbackAddress());
    }

    @Override
    public Way way() {
      return new Way(Optional.empty(), Optional.of(address), "", "");
    }

    @Override
    public Optional<Tunnelled> tunnel() {
      return Optional.empty();
    }

    @Override
    public Optional<InetAddress> reached() {
      return Optional.of(address);
    }

    @Override
    public void release() {}
  }
}
