package culvert.ssh.mina;

import culvert.ssh.SshServer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Connections that are not logged in yet, at most {@value #MAX_UNAUTHENTICATED} to a server at once
 * (sshd drops at random beyond its {@code MaxStartups}, 10 by default). One that nobody claims
 * waits a few seconds for the next client. Thread-safe.
 */
final class SpareConnections {
  static final int MAX_UNAUTHENTICATED = 4;
  private static final Duration SPARE_LIFETIME = Duration.ofSeconds(5);

  private final ConnectionServices services;
  private final Map<SshServer, Server> servers = new HashMap<>(); // guarded by this

  /** What goes on with one server; guarded by the outer lock. */
  private static final class Server {
    /** Connecting, exchanging keys, ready or logging in. */
    final Set<SshConnection> unauthenticated = new HashSet<>();

    final ArrayDeque<SshConnection> unclaimed = new ArrayDeque<>();
    final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  }

  private record Waiter(EventLoop loop, Promise<Claim> promise) {}

  /**
   * A connection for one login.
   *
   * @param spare whether it was made ahead, and so may have died of old age
   */
  record Claim(SshConnection connection, boolean spare) {}

  SpareConnections(ConnectionServices services) {
    this.services = services;
  }

  /** A connection for a login to come: a new one, or where there are enough, one of those. */
  SshConnection prepare(SshServer server, EventLoop loop) {
    synchronized (this) {
      Server state = servers.computeIfAbsent(server, s -> new Server());
      if (state.unauthenticated.size() < MAX_UNAUTHENTICATED) {
        SshConnection started = start(server, state, loop);
        state.unclaimed.add(started);
        return started;
      }
      return state.unclaimed.isEmpty()
          ? state.unauthenticated.iterator().next()
          : state.unclaimed.peek();
    }
  }

  /** A connection of one's own to log in over, as soon as there may be one more. */
  Future<Claim> claim(SshServer server, EventLoop loop) {
    Promise<Claim> claimed = loop.newPromise();
    Optional<Claim> now;
    synchronized (this) {
      Server state = servers.computeIfAbsent(server, s -> new Server());
      now = take(server, state, loop);
      if (now.isEmpty()) {
        state.waiters.add(new Waiter(loop, claimed));
      }
    }
    now.ifPresent(claimed::setSuccess);
    return claimed;
  }

  private Optional<Claim> take(SshServer server, Server state, EventLoop loop) {
    SshConnection spare = state.unclaimed.poll();
    if (spare != null) {
      return Optional.of(new Claim(spare, true));
    }
    return state.unauthenticated.size() < MAX_UNAUTHENTICATED
        ? Optional.of(new Claim(start(server, state, loop), false))
        : Optional.empty();
  }

  /** Under the lock; the connection's listeners are called later, on its loop. */
  private SshConnection start(SshServer server, Server state, EventLoop loop) {
    SshConnection connection = SshConnection.start(server, loop, services);
    state.unauthenticated.add(connection);
    connection.ended().addListener(ended -> done(server, connection));
    connection
        .ready()
        .addListener(
            ready -> {
              if (ready.isSuccess()) {
                connection
                    .loop()
                    .schedule(
                        () -> expire(server, connection),
                        SPARE_LIFETIME.toNanos(),
                        TimeUnit.NANOSECONDS);
              }
            });
    return connection;
  }

  private void expire(SshServer server, SshConnection connection) {
    boolean unclaimed;
    synchronized (this) {
      Server state = servers.get(server);
      unclaimed = state != null && state.unclaimed.remove(connection);
    }
    if (unclaimed) {
      connection.close("spare connection not needed");
    }
  }

  /** The connection is logged in or has ended: another one may begin. */
  void done(SshServer server, SshConnection connection) {
    Waiter waiter = null;
    Optional<Claim> next = Optional.empty();
    synchronized (this) {
      Server state = servers.get(server);
      if (state == null || !state.unauthenticated.remove(connection)) {
        return;
      }
      state.unclaimed.remove(connection);
      waiter = state.waiters.poll();
      if (waiter != null) {
        next = take(server, state, waiter.loop());
      }
      if (state.unauthenticated.isEmpty()) {
        servers.remove(server);
      }
    }
    if (waiter != null && next.isPresent()) {
      waiter.promise().setSuccess(next.get());
    }
  }

  /** Ends those that are on the way, too. */
  void close() {
    Set<SshConnection> all = new HashSet<>();
    synchronized (this) {
      servers.values().forEach(state -> all.addAll(state.unauthenticated));
    }
    all.forEach(connection -> connection.close("SSH transport closed"));
  }
}
