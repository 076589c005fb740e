package culvert.ssh.mina;

import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Logged-in connections by identity. Concurrent first users share one login; a connection that
 * nobody uses is kept for its profile's {@code idle-timeout}. Thread-safe.
 */
final class SessionPool {
  private final ConnectionServices services;
  private final SpareConnections spares;
  private final SessionKey.Factory keys = new SessionKey.Factory();
  private final Map<SessionKey, PooledSession> sessions = new HashMap<>(); // guarded by this
  private boolean closed; // guarded by this

  SessionPool(ConnectionServices services, SpareConnections spares) {
    this.services = services;
    this.spares = spares;
  }

  /** Whether a session to the server stands that was made for the client. */
  synchronized boolean isWarm(SshServer server, InetAddress client) {
    return sessions.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getKey().server().equals(server)
                    && entry.getKey().client().equals(client)
                    && entry.getValue().isLoggedIn());
  }

  /** See {@link culvert.ssh.SshTransport#connect}. */
  Future<SshSession> connect(SshSessionSpec spec, EventLoop loop) {
    SessionKey key = keys.of(spec);
    PooledSession session;
    boolean first;
    synchronized (this) {
      if (closed) {
        return loop.newFailedFuture(SpareConnections.closedFailure());
      }
      PooledSession standing = sessions.get(key);
      first = standing == null;
      session = standing == null ? new PooledSession(this, key, loop) : standing;
      sessions.put(key, session);
      session.lease();
    }
    Promise<SshSession> leased = loop.newPromise();
    PooledSession joined = session;
    joined
        .connected()
        .addListener(
            (Future<SshConnection> connected) -> {
              if (!connected.isSuccess()) {
                leased.tryFailure(connected.cause());
              } else {
                SshLease lease = new SshLease(joined, connected.getNow());
                if (!leased.trySuccess(lease)) {
                  lease.release();
                }
              }
            });
    if (first) {
      Optional<Password> own = spec.password().map(password -> new Password(password.copy()));
      new SessionLogin(services, spares, this, joined, spec.user(), own, loop).start();
    }
    return leased;
  }

  /** Nobody new gets this session. */
  synchronized void remove(PooledSession session) {
    sessions.remove(session.key(), session);
  }

  /** Takes an idle session out, unless somebody has come meanwhile. */
  synchronized boolean retire(PooledSession session) {
    if (!session.isUnused()) {
      return false;
    }
    remove(session);
    return true;
  }

  void close() {
    List<PooledSession> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(sessions.values());
    }
    all.forEach(session -> session.close("SSH transport closed"));
  }
}
