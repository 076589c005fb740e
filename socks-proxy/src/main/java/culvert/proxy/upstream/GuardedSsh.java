package culvert.proxy.upstream;

import culvert.proxy.door.HostAddress;
import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import culvert.ssh.BindAddress;
import culvert.ssh.Defects;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.OpenedChannel;
import culvert.ssh.Originator;
import culvert.ssh.PlainWords;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSecurity;
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
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An {@link SshTransport} whose tunnels do not lead back to this process: an SSH server on this
 * host reaches its listeners as a local client does, and so would its users the admin port. What
 * listens elsewhere on this host is reached. Where a hop or a proxy has reached the server, or an
 * address that is this host's only in somebody else's table, nobody here knows whose host it is.
 *
 * <p>Where the target may be such a listener, its name is looked up here, and the server is told
 * its addresses in turn, as it would take them from the name: each was judged, and no other is
 * opened. A name with one of ours among its addresses is refused as a whole, unlike on the direct
 * way: if only the others were tried, their failure would be our doing, and might lead to
 * plaintext. Nothing that is our doing does: it is {@link SshFailure#NOT_ALLOWED}, and what the
 * lookup takes counts as {@linkplain SshSession#heldUp ours}.
 *
 * <p>A session whose first channel goes to this host after all, since its server was reached at
 * another address before, is refused that channel, which nobody has sent anything by then.
 *
 * <p>Thread-safe.
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
  public void warmUp() {
    ssh.warmUp();
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

  /** The same, which asks that resolver for targets. */
  GuardedSsh asking(AddressResolver names) {
    return new GuardedSsh(ssh, ownListeners, names);
  }

  @Override
  public GuardedSsh onBehalfOf(Asker asker) {
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
    private volatile @Nullable Attempt latest;

    Session(SshSession session) {
      this.session = session;
    }

    @Override
    public Future<DuplexChannel> openDirectTcpip(
        TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
      if (!ownListeners.usePort(target.port())) {
        return session.openDirectTcpip(target, originator, loop, initializer);
      }
      if (!isHere()) {
        return openElsewhere(target, originator, loop, initializer);
      }
      Attempt attempt = new Attempt(session, target, originator, loop, initializer);
      latest = attempt;
      resolver.resolve(target.host(), loop).addListener(attempt.guarded(attempt::found));
      return attempt.opened;
    }

    private boolean isHere() {
      return session.serverAddress().filter(HostAddress::isThisHost).isPresent();
    }

    /** The first channel of a session may be opened on another connection than it had. */
    private Future<DuplexChannel> openElsewhere(
        TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
      Promise<DuplexChannel> opened = loop.newPromise();
      FutureListener<DuplexChannel> then =
          done -> {
            if (done.isSuccess() && isHere()) {
              done.getNow().close();
              opened.tryFailure(notAllowed(target, "; its connection is another one by now", null));
            } else {
              OpenedChannel.passOn(done, opened);
            }
          };
      session
          .openDirectTcpip(target, originator, loop, initializer)
          .addListener(Defects.told(then, opened::tryFailure));
      return opened;
    }

    @Override
    public Duration heldUp() {
      Attempt attempt = latest;
      return attempt == null ? session.heldUp() : attempt.heldUp();
    }

    @Override
    public Future<RemoteForward> requestRemoteForward(
        BindAddress bind, EventLoop loop, ForwardedConnections connections) {
      return session.requestRemoteForward(bind, loop, connections);
    }

    @Override
    public SshSecurity security() {
      return session.security();
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

  /** A target that may be one of our own listeners. Confined to the loop, but for its time. */
  private final class Attempt {
    private final SshSession session;
    private final TunnelTarget target;
    private final Originator originator;
    private final EventLoop loop;
    private final ChannelHandler initializer;
    private final Promise<DuplexChannel> opened;
    private final long begun;
    private volatile @Nullable Duration lookup; // what it took

    Attempt(
        SshSession session,
        TunnelTarget target,
        Originator originator,
        EventLoop loop,
        ChannelHandler initializer) {
      this.session = session;
      this.target = target;
      this.originator = originator;
      this.loop = loop;
      this.initializer = initializer;
      this.opened = loop.newPromise();
      this.begun = loop.ticker().nanoTime();
    }

    <T> FutureListener<T> guarded(FutureListener<T> then) {
      return Defects.told(then, opened::tryFailure);
    }

    Duration heldUp() {
      Duration over = lookup;
      return over == null ? Duration.ofNanos(loop.ticker().nanoTime() - begun) : over;
    }

    void found(Future<List<InetAddress>> found) {
      lookup = heldUp();
      if (found.cause() instanceof NotLookedUpException late) {
        opened.tryFailure(
            new SshException(SshFailure.HELD_UP, target + ": " + PlainWords.of(late), late));
        return;
      }
      List<InetAddress> addresses = found.isSuccess() ? found.getNow() : List.of();
      if (addresses.isEmpty() || addresses.stream().anyMatch(this::isOurs)) {
        opened.tryFailure(notAllowed(target, "", null));
      } else {
        open(addresses.iterator());
      }
    }

    private boolean isOurs(InetAddress address) {
      return ownListeners.contains(address, target.port());
    }

    /** Tries the next one. */
    private void open(Iterator<InetAddress> judged) {
      TunnelTarget one = new TunnelTarget(NetUtil.toAddressString(judged.next()), target.port());
      session
          .openDirectTcpip(one, originator, loop, initializer)
          .addListener(
              guarded(
                  (FutureListener<DuplexChannel>)
                      done -> {
                        if (isFailure(done, SshFailure.TARGET_UNREACHABLE)
                            && judged.hasNext()
                            && !opened.isDone()) {
                          open(judged);
                        } else if (isFailure(done, SshFailure.FORWARDING_REFUSED)
                            && !one.equals(target)) {
                          // It may well allow the name.
                          opened.tryFailure(
                              notAllowed(
                                  target,
                                  "; as " + one + ": " + PlainWords.of(done.cause()),
                                  done.cause()));
                        } else {
                          OpenedChannel.passOn(done, opened);
                        }
                      }));
    }

    private boolean isFailure(Future<?> done, SshFailure failure) {
      return done.cause() instanceof SshException ssh && ssh.failure() == failure;
    }
  }

  private static SshException notAllowed(
      TunnelTarget target, String besides, @Nullable Throwable cause) {
    return new SshException(
        SshFailure.NOT_ALLOWED,
        "%s: may be Culvert's own listener, on the SSH server's host%s".formatted(target, besides),
        cause);
  }
}
