package culvert.ssh.mina;

import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.Optional;

/** One user's hold on a pooled session. Thread-safe. */
final class SshLease implements SshSession {
  private final PooledSession session;
  private final SshConnection connection;
  private final Promise<Void> released;

  SshLease(PooledSession session, SshConnection connection) {
    this.session = session;
    this.connection = connection;
    this.released = connection.loop().newPromise();
  }

  @Override
  public Future<DuplexChannel> openDirectTcpip(
      TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
    Promise<DuplexChannel> opened = loop.newPromise();
    session.lease();
    connection
        .channels()
        .openDirect(target, originator, initializer, opened)
        .addListener(gone -> session.release());
    return opened;
  }

  @Override
  public Future<RemoteForward> requestRemoteForward(
      BindAddress bind, EventLoop loop, ForwardedConnections connections) {
    Promise<RemoteForward> bound = loop.newPromise();
    session.lease();
    connection
        .channels()
        .requestForward(bind, connections, released, bound)
        .addListener(gone -> session.release());
    return bound;
  }

  @Override
  public Optional<InetAddress> serverAddress() {
    return connection.serverAddress();
  }

  @Override
  public Future<SshException> ended() {
    return connection.ended();
  }

  @Override
  public void release() {
    if (released.trySuccess(null)) {
      session.release();
    }
  }
}
