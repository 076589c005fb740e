package culvert.ssh.mina;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are not logged in yet, at most {@value #MAX_UNAUTHENTICATED} to a server at once
 * (sshd drops at random beyond its {@code MaxStartups}, 10 by default). One that nobody claims
 * waits a few seconds for the next client. Thread-safe.
 */
final class SpareConnections {
  static final int MAX_UNAUTHENTICATED = 4;
  private static final Duration SPARE_LIFETIME = Duration.ofSeconds(5);

  private final ConnectionServices services;
  private final ServerDialler dialler;
  private final Map<Path, Server> servers = new HashMap<>(); // guarded by this
  private boolean closed; // guarded by this

  /**
   * A server, and the identities by which it is reached: what was made by way of one is not for
   * another.
   *
   * @param via of the hop before the server
   */
  record Path(SshServer server, Optional<SessionKey> via) {}

  /** What goes on with one server; guarded by the outer lock. */
  private static final class Server {
    /** Connecting, exchanging keys, ready or logging in. */
    final Set<SshConnection> unauthenticated = new HashSet<>();

    final ArrayDeque<SshConnection> unclaimed = new ArrayDeque<>();
    final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  }

  private record Waiter(Optional<SshSessionSpec> via, EventLoop loop, Promise<Claim> promise) {}

  /**
   * A connection for one login.
   *
   * @param spare whether it was made ahead, and so may have died of old age
   */
  record Claim(SshConnection connection, boolean spare) {}

  SpareConnections(ConnectionServices services, ServerDialler dialler) {
    this.services = services;
    this.dialler = dialler;
  }

  /** A connection for a login to come: a new one, or where there are enough, one of those. */
  SshConnection prepare(Path path, Optional<SshSessionSpec> via, EventLoop loop) {
    synchronized (this) {
      Server state = servers.computeIfAbsent(path, s -> new Server());
      if (state.unauthenticated.size() < MAX_UNAUTHENTICATED) {
        SshConnection started = start(path, via, state, loop);
        state.unclaimed.add(started);
        return started;
      }
      return state.unclaimed.isEmpty()
          ? state.unauthenticated.iterator().next()
          : state.unclaimed.peek();
    }
  }

  /**
   * A connection of one's own to log in over, as soon as there may be one more. Whoever does not
   * want it any more cancels the future.
   *
   * @param via see {@link SshConnection#start}
   */
  Future<Claim> claim(Path path, Optional<SshSessionSpec> via, EventLoop loop) {
    Promise<Claim> claimed = loop.newPromise();
    Optional<Claim> now;
    synchronized (this) {
      if (closed) {
        return loop.newFailedFuture(closedFailure());
      }
      Server state = servers.computeIfAbsent(path, s -> new Server());
      now = take(path, via, state, loop);
      if (now.isEmpty()) {
        state.waiters.add(new Waiter(via, loop, claimed));
      }
    }
    now.ifPresent(claim -> give(claim, claimed));
    return claimed;
  }

  private Optional<Claim> take(
      Path path, Optional<SshSessionSpec> via, Server state, EventLoop loop) {
    SshConnection spare = state.unclaimed.poll();
    if (spare != null) {
      return Optional.of(new Claim(spare, true));
    }
    return state.unauthenticated.size() < MAX_UNAUTHENTICATED
        ? Optional.of(new Claim(start(path, via, state, loop), false))
        : Optional.empty();
  }

  /** Under the lock; the connection's listeners are called later, on its loop. */
  private SshConnection start(
      Path path, Optional<SshSessionSpec> via, Server state, EventLoop loop) {
    SshConnection connection = SshConnection.start(path.server(), via, loop, services, dialler);
    state.unauthenticated.add(connection);
    connection.ended().addListener(ended -> done(path, connection));
    connection
        .ready()
        .addListener(
            ready -> {
              if (ready.isSuccess()) {
                services.clock().after(SPARE_LIFETIME, () -> expire(path, connection));
              }
            });
    return connection;
  }

  private void expire(Path path, SshConnection connection) {
    boolean unclaimed;
    synchronized (this) {
      Server state = servers.get(path);
      unclaimed = state != null && state.unclaimed.remove(connection);
    }
    if (unclaimed) {
      connection.close("spare connection not needed");
    }
  }

  /** The connection is logged in or has ended: another one may begin. */
  void done(Path path, SshConnection connection) {
    Waiter waiter;
    Optional<Claim> next;
    synchronized (this) {
      Server state = servers.get(path);
      if (state == null || !state.unauthenticated.remove(connection)) {
        return;
      }
      state.unclaimed.remove(connection);
      waiter = nextWaiter(state);
      next = waiter == null ? Optional.empty() : take(path, waiter.via(), state, waiter.loop());
      if (state.unauthenticated.isEmpty()) {
        servers.remove(path);
      }
    }
    if (waiter != null && next.isPresent()) {
      give(next.get(), waiter.promise());
    }
  }

  private static @Nullable Waiter nextWaiter(Server state) {
    Waiter waiter = state.waiters.poll();
    while (waiter != null && waiter.promise().isDone()) {
      waiter = state.waiters.poll();
    }
    return waiter;
  }

  private static void give(Claim claim, Promise<Claim> promise) {
    if (!promise.trySuccess(claim)) {
      claim.connection().close("nobody waits for this connection");
    }
  }

  /** Ends those that are on the way, too. */
  void close() {
    Set<SshConnection> all = new HashSet<>();
    List<Waiter> waiters = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (Server state : servers.values()) {
        all.addAll(state.unauthenticated);
        waiters.addAll(state.waiters);
        state.waiters.clear();
      }
    }
    waiters.forEach(waiter -> waiter.promise().tryFailure(closedFailure()));
    all.forEach(connection -> connection.close("SSH transport closed"));
  }

  static SshException closedFailure() {
    return new SshException(SshFailure.SESSION_ENDED, "SSH transport closed");
  }
}
