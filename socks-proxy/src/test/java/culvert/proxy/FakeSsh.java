package culvert.proxy;

import culvert.ssh.Asker;
import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSecurity;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TcpDialer;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** SSH without SSH: a "tunnel" leads to the target's port on loopback. */
final class FakeSsh implements SshTransport {
  final List<SshSessionSpec> sessions = new CopyOnWriteArrayList<>();
  final List<Asker> askers = new CopyOnWriteArrayList<>();
  final List<TunnelTarget> channels = new CopyOnWriteArrayList<>();
  final AtomicInteger leases = new AtomicInteger();
  final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  volatile boolean held;
  volatile SshFailure sessionFailure;
  volatile SshFailure channelFailure;
  volatile Consumer<SshSessionSpec> connecting = spec -> {};

  private final TcpDialer dialer;

  FakeSsh(NettyTransport transport) {
    dialer = new TcpDialer(transport, Map.of());
  }

  @Override
  public Preparation prepare(
      SshServer server, InetAddress client, Optional<SshSessionSpec> via, EventLoop loop) {
    throw new AssertionError("only FTP prepares sessions");
  }

  @Override
  public Future<SshSession> connect(SshSessionSpec spec, EventLoop loop) {
    sessions.add(spec);
    connecting.accept(spec);
    if (sessionFailure != null) {
      return loop.newFailedFuture(
          new SshException(sessionFailure, "ssh server " + spec.server() + ": " + sessionFailure));
    }
    leases.incrementAndGet();
    if (held) {
      Promise<SshSession> promise = loop.newPromise();
      waiting.add(() -> promise.setSuccess(new Session()));
      return promise;
    }
    return loop.newSucceededFuture(new Session());
  }

  @Override
  public SshTransport onBehalfOf(Asker asker) {
    askers.add(asker);
    return this;
  }

  @Override
  public void awaitChannelsClosed(Duration patience) {
    // Nothing waits for what is broken off here.
  }

  @Override
  public void close() {}

  private final class Session implements SshSession {
    @Override
    public Future<DuplexChannel> openDirectTcpip(
        TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
      channels.add(target);
      if (channelFailure != null) {
        return loop.newFailedFuture(new SshException(channelFailure, "channel: refused"));
      }
      return dialer.dial(
          List.of(InetAddress.getLoopbackAddress()),
          target.port(),
          Duration.ofSeconds(60),
          loop,
          initializer);
    }

    @Override
    public Future<RemoteForward> requestRemoteForward(
        BindAddress bind, EventLoop on, ForwardedConnections connections) {
      throw new AssertionError("no remote forwards here");
    }

    @Override
    public SshSecurity security() {
      return new SshSecurity(
          "password", "ssh-ed25519 SHA256:fake", "curve25519-sha256", "aes128-ctr");
    }

    @Override
    public Optional<InetAddress> serverAddress() {
      return Optional.empty();
    }

    @Override
    public Future<SshException> ended() {
      throw new AssertionError("the relay hears of the channel's end");
    }

    @Override
    public void release() {
      leases.decrementAndGet();
    }
  }
}
