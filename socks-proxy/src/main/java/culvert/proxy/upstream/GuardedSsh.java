package culvert.proxy.upstream;

import culvert.proxy.door.HostAddress;
import culvert.proxy.relay.Defects;
import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TunnelTarget;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An {@link SshTransport} whose tunnels do not lead back to this process: an SSH server on this
 * host reaches its listeners as a local client does, and so would its users the admin port. What
 * listens elsewhere on this host is reached. Where a hop or a proxy has reached the server, or an
 * address that is this host's only in somebody else's table, nobody here knows whose host it is.
 * Thread-safe.
 */
public final class GuardedSsh implements SshTransport {
  private final SshTransport ssh;
  private final OwnListeners ownListeners;
  private final AddressResolver resolver;

  /** Owns {@code ssh}. */
  public GuardedSsh(SshTransport ssh, OwnListeners ownListeners, AddressResolver resolver) {
    this.ssh = ssh;
    this.ownListeners = ownListeners;
    this.resolver = resolver;
  }

  @Override
  public Preparation prepare(
      SshServer server, InetAddress client, Optional<SshSessionSpec> via, EventLoop loop) {
    return ssh.prepare(server, client, via, loop);
  }

  @Override
  public Future<SshSession> connect(SshSessionSpec spec, EventLoop loop) {
    Promise<SshSession> guarded = loop.newPromise();
    ssh.connect(spec, loop)
        .addListener(
            (FutureListener<SshSession>)
                connected -> {
                  if (!connected.isSuccess()) {
                    guarded.tryFailure(connected.cause());
                  } else if (!guarded.trySuccess(new Session(connected.getNow()))) {
                    connected.getNow().release();
                  }
                });
    return guarded;
  }

  @Override
  public Duration heldUp(SshSessionSpec spec) {
    return ssh.heldUp(spec);
  }

  @Override
  public Optional<SshException> unfinished(SshSessionSpec spec) {
    return ssh.unfinished(spec);
  }

  @Override
  public SshTransport onBehalfOf(Asker asker) {
    return new GuardedSsh(ssh.onBehalfOf(asker), ownListeners, resolver.onBehalfOf(asker));
  }

  @Override
  public void awaitChannelsClosed(Duration patience) throws InterruptedException {
    ssh.awaitChannelsClosed(patience);
  }

  @Override
  public void close() {
    ssh.close();
  }

  private final class Session implements SshSession {
    private final SshSession session;

    Session(SshSession session) {
      this.session = session;
    }

    @Override
    public Future<DuplexChannel> openDirectTcpip(
        TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
      if (!ownListeners.usePort(target.port())
          || session.serverAddress().filter(HostAddress::isThisHost).isEmpty()) {
        return session.openDirectTcpip(target, originator, loop, initializer);
      }
      Promise<DuplexChannel> opened = loop.newPromise();
      addresses(target.host(), loop)
          .addListener(
              Defects.told(
                  (FutureListener<List<InetAddress>>)
                      found -> {
                        if (judged(found, target, opened)) {
                          session
                              .openDirectTcpip(
                                  at(found.getNow().get(0), target.port()),
                                  originator,
                                  loop,
                                  initializer)
                              .addListener(
                                  (FutureListener<DuplexChannel>) done -> passOn(done, opened));
                        }
                      },
                  opened::tryFailure));
      return opened;
    }

    private boolean judged(
        Future<List<InetAddress>> found, TunnelTarget target, Promise<DuplexChannel> opened) {
      if (found.cause() instanceof NotLookedUpException late) {
        opened.tryFailure(
            new SshException(SshFailure.HELD_UP, target + ": " + late.getMessage(), late));
      } else if (!found.isSuccess() || found.getNow().stream().anyMatch(own(target))) {
        opened.tryFailure(
            new SshException(
                SshFailure.NOT_ALLOWED,
                target + ": may be Culvert's own listener, on the SSH server's host"));
      } else {
        return true;
      }
      return false;
    }

    /** The server would ask for the name once more, and may be told another address. */
    private TunnelTarget at(InetAddress judged, int port) {
      return new TunnelTarget(NetUtil.toAddressString(judged), port);
    }

    /** The unspecified address is nobody's, but leads here. */
    private Future<List<InetAddress>> addresses(String host, EventLoop loop) {
      InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
      return literal != null && !HostAddress.isOne(literal)
          ? loop.newSucceededFuture(List.of(literal))
          : resolver.resolve(host, loop);
    }

    private Predicate<InetAddress> own(TunnelTarget target) {
      return address -> ownListeners.contains(address, target.port());
    }

    @Override
    public Future<RemoteForward> requestRemoteForward(
        BindAddress bind, EventLoop loop, ForwardedConnections connections) {
      return session.requestRemoteForward(bind, loop, connections);
    }

    @Override
    public Optional<InetAddress> serverAddress() {
      return session.serverAddress();
    }

    @Override
    public Future<SshException> ended() {
      return session.ended();
    }

    @Override
    public void release() {
      session.release();
    }
  }

  private static void passOn(Future<DuplexChannel> done, Promise<DuplexChannel> opened) {
    if (!done.isSuccess()) {
      opened.tryFailure(done.cause());
    } else if (!opened.trySuccess(done.getNow())) {
      done.getNow().close();
    }
  }
}
