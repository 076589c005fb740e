package culvert.ssh.mina.connection;

import culvert.ssh.Asker;
import culvert.ssh.Defects;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.connection.ServerDialler.Dialled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server: a session with the hop before it, where there is one, and the TCP
 * connection. Confined to one event loop, but for {@link #ownTime}.
 */
final class Approach {
  private final SshServer server;
  private final Optional<SshSessionSpec> via;
  private final Asker asker;
  private final ServerDialler dialler;
  private final EventLoop loop;
  private final Listener listener;
  private final HopWait hopWait;
  private @Nullable Future<Dialled> dialling;
  private boolean over;

  /** Who wants to get there; called on the loop, and not after {@link #giveUp}. */
  interface Listener {
    /** The session with the hop stands, if there is one: names may have to be looked up. */
    void dialling();

    /** No name has to be looked up any more. */
    void named();

    void reached(Dialled connection);

    void failed(SshException why);
  }

  /**
   * A way that has not begun.
   *
   * @param via the session with the hop before the server; its passwords are read until the end
   * @param asker on whose behalf names are looked up
   */
  Approach(
      SshServer server,
      Optional<SshSessionSpec> via,
      Asker asker,
      ServerDialler dialler,
      EventLoop loop,
      Listener listener) {
    this.server = server;
    this.via = via;
    this.asker = asker;
    this.dialler = dialler;
    this.loop = loop;
    this.listener = listener;
    this.hopWait = new HopWait(via, dialler, loop.ticker());
  }

  /** How long the hop's session has been held up by Culvert itself, for us. Any thread. */
  Duration ownTime() {
    return hopWait.ownTime();
  }

  void begin() {
    if (over) {
      return;
    }
    if (via.isEmpty()) {
      dial(Optional.empty());
      return;
    }
    hopWait.begin();
    dialler
        .hop(via.get(), loop)
        .addListener(Defects.told((FutureListener<HopSession>) this::hopReached, this::failed));
  }

  private void hopReached(Future<HopSession> hop) {
    hopWait.end();
    if (!hop.isSuccess()) {
      failed(hop.cause());
    } else if (over) {
      hop.getNow().release();
    } else {
      try {
        dial(Optional.of(hop.getNow()));
      } catch (RuntimeException | Error e) {
        hop.getNow().release();
        throw e;
      }
    }
  }

  private void dial(Optional<HopSession> hop) {
    listener.dialling();
    dialling = dialler.dial(server, hop, asker, loop, this::named);
    dialling.addListener(Defects.told((FutureListener<Dialled>) this::dialled, this::failed));
  }

  private void dialled(Future<Dialled> dialled) {
    if (dialled.isSuccess()) {
      reach(dialled.getNow());
    } else {
      failed(dialled.cause());
    }
  }

  private void named() {
    if (!over) {
      listener.named();
    }
  }

  private void reach(Dialled connection) {
    if (over) {
      connection.channel().close();
    } else {
      over = true;
      listener.reached(connection);
    }
  }

  private void failed(Throwable cause) {
    if (!over) {
      over = true;
      listener.failed(SshException.of(cause));
    }
  }

  /** Idempotent; what is reached all the same is closed. */
  void giveUp() {
    over = true;
    hopWait.end();
    if (dialling != null) {
      dialling.cancel(false);
    }
  }
}
