package culvert.ssh.mina.pool;

import culvert.ssh.BindAddress;
import culvert.ssh.Defects;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.OpenedChannel;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSecurity;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.connection.HopSession;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One user's hold on a pooled session. Where the server takes no more channels on its connection,
 * the first channel of the lease is opened on another one; from then on it stays where it is, so
 * that control and data of one user go the same way. Thread-safe.
 */
final class SshLease implements SshSession, HopSession {
  private final SessionPool pool;
  private final SessionRequest request;
  private final Promise<Void> released;
  private volatile PooledSession session; // written under this
  private boolean settled; // guarded by this: a channel or forward was asked for
  private boolean over; // guarded by this

  /**
   * A hold on the session, which counts it as a user already.
   *
   * @param request what to log in with, should another connection be needed; the lease wipes it
   */
  SshLease(SessionPool pool, SessionRequest request, PooledSession session) {
    this.pool = pool;
    this.request = request;
    this.session = session;
    this.released = session.connection().loop().newPromise();
  }

  @Override
  public Future<DuplexChannel> openDirectTcpip(
      TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
    return open(new Opening(target, originator, initializer, loop, false));
  }

  @Override
  public Future<DuplexChannel> openCarrier(
      TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
    return open(new Opening(target, originator, initializer, loop, true));
  }

  private Future<DuplexChannel> open(Opening opening) {
    Promise<DuplexChannel> opened = opening.loop.newPromise();
    if (settle()) {
      new FirstChannel(opening, request, opened).attempt(connectionsAtMost());
    } else {
      opening.on(session, opened);
    }
    return opened;
  }

  /** Whether this is the first that is asked of this lease. */
  private synchronized boolean settle() {
    boolean first = !settled && !over;
    settled = true;
    return first;
  }

  private int connectionsAtMost() {
    return session.key().server().profile().pooling().connections();
  }

  @Override
  public Future<RemoteForward> requestRemoteForward(
      BindAddress bind, EventLoop loop, ForwardedConnections connections) {
    if (settle()) {
      request.wipe();
    }
    PooledSession here = session;
    Promise<RemoteForward> bound = loop.newPromise();
    pool.enter(here);
    here.connection()
        .channels()
        .requestForward(bind, connections, released, bound)
        .addListener(gone -> pool.leave(here));
    return bound;
  }

  /** Another connection, unless nobody wants it any more. */
  private boolean moveTo(PooledSession other) {
    PooledSession left;
    synchronized (this) {
      if (over) {
        left = other;
      } else {
        left = session;
        session = other;
      }
    }
    pool.leave(left);
    return left != other;
  }

  @Override
  public SshSecurity security() {
    return session.connection().channels().security();
  }

  @Override
  public Optional<InetAddress> serverAddress() {
    return session.connection().serverAddress();
  }

  @Override
  public Future<SshException> ended() {
    return session.connection().ended();
  }

  @Override
  public void release() {
    boolean unused;
    PooledSession last;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      unused = !settled;
      last = session;
    }
    if (unused) {
      request.wipe();
    }
    released.setSuccess(null);
    pool.leave(last);
  }

  /** A channel to be opened. */
  private final class Opening {
    private final TunnelTarget target;
    private final Originator originator;
    private final ChannelHandler initializer;
    private final EventLoop loop;
    private final boolean carrier;

    Opening(
        TunnelTarget target,
        Originator originator,
        ChannelHandler initializer,
        EventLoop loop,
        boolean carrier) {
      this.target = target;
      this.originator = originator;
      this.initializer = initializer;
      this.loop = loop;
      this.carrier = carrier;
    }

    void on(PooledSession here, Promise<DuplexChannel> opened) {
      pool.enter(here);
      here.connection()
          .channels()
          .openDirect(target, originator, initializer, carrier, opened)
          .addListener(gone -> left(here, opened));
      opened.addListener(
          (Future<DuplexChannel> done) -> {
            if (!done.isSuccess() && isFull(done.cause())) {
              pool.markFull(here);
            }
          });
    }

    /** A channel that was refused makes no room by that. */
    private void left(PooledSession here, Future<DuplexChannel> opened) {
      if (opened.isSuccess()) {
        pool.channelClosed(here);
      } else {
        pool.leave(here);
      }
    }
  }

  /** The first channel, which looks for a connection that takes it. */
  private final class FirstChannel {
    private final Opening opening;
    private final Promise<DuplexChannel> opened;
    private SessionRequest asked;

    FirstChannel(Opening opening, SessionRequest asked, Promise<DuplexChannel> opened) {
      this.opening = opening;
      this.asked = asked;
      this.opened = opened;
    }

    void attempt(int connectionsLeft) {
      PooledSession here = session;
      Promise<DuplexChannel> tried = opening.loop.newPromise();
      opening.on(here, tried);
      FutureListener<DuplexChannel> then =
          done -> {
            if (connectionsLeft > 1 && isFull(done.cause())) {
              lookElsewhere(here, connectionsLeft - 1, done.cause());
            } else {
              request.wipe();
              OpenedChannel.passOn(done, opened);
            }
          };
      tried.addListener(Defects.told(then, this::fail));
    }

    private void lookElsewhere(PooledSession full, int connectionsLeft, Throwable refusal) {
      asked = asked.elsewhere(full);
      FutureListener<PooledSession> then =
          granted -> {
            if (granted.isSuccess() && moveTo(granted.getNow())) {
              attempt(connectionsLeft);
            } else {
              fail(refusal);
            }
          };
      pool.place(asked).addListener(Defects.told(then, this::fail));
    }

    private void fail(Throwable cause) {
      request.wipe();
      opened.tryFailure(cause);
    }
  }

  private static boolean isFull(@Nullable Throwable cause) {
    return cause instanceof SshException ssh && ssh.failure() == SshFailure.SESSION_FULL;
  }
}
