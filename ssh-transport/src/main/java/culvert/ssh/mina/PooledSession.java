package culvert.ssh.mina;

import culvert.ssh.SshException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One identity's session and who uses it: leases and open channels. Thread-safe. */
final class PooledSession {
  private final SessionPool pool;
  private final SessionKey key;
  private final Promise<SshConnection> connected;

  private int users; // guarded by this: leases and channels
  private @Nullable Future<?> idleTimer; // guarded by this

  PooledSession(SessionPool pool, SessionKey key, EventLoop loop) {
    this.pool = pool;
    this.key = key;
    this.connected = loop.newPromise();
  }

  SessionKey key() {
    return key;
  }

  Future<SshConnection> connected() {
    return connected;
  }

  boolean isLoggedIn() {
    return connected.isSuccess();
  }

  void established(SshConnection connection) {
    if (!connected.trySuccess(connection)) {
      connection.close("nobody waits for this session");
    }
  }

  void failed(SshException failure) {
    connected.tryFailure(failure);
  }

  /** One more lease or channel. */
  synchronized void lease() {
    users++;
    if (idleTimer != null) {
      idleTimer.cancel(false);
      idleTimer = null;
    }
  }

  /** One less; after the last the session waits for the next job. */
  void release() {
    synchronized (this) {
      users--;
      SshConnection connection = connected.isSuccess() ? connected.getNow() : null;
      if (users == 0 && connection != null) {
        idleTimer =
            connection
                .loop()
                .schedule(
                    () -> expire(connection),
                    key.server().profile().pooling().idleTimeout().toNanos(),
                    TimeUnit.NANOSECONDS);
      }
    }
  }

  private void expire(SshConnection connection) {
    if (pool.retire(this)) {
      connection.close("idle");
    }
  }

  synchronized boolean isUnused() {
    return users == 0;
  }

  void close(String reason) {
    connected.addListener(
        (Future<SshConnection> done) -> {
          if (done.isSuccess()) {
            done.getNow().close(reason);
          }
        });
  }
}
