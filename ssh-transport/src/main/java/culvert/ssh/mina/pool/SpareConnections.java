package culvert.ssh.mina.pool;

import culvert.ssh.Asker;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.connection.ConnectionServices;
import culvert.ssh.mina.connection.ServerDialler;
import culvert.ssh.mina.connection.SshConnection;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
public final class SpareConnections {
  public static final int MAX_UNAUTHENTICATED = 4;
  private static final Duration SPARE_LIFETIME = Duration.ofSeconds(5);

  private final ConnectionServices services;
  private final ServerDialler dialler;
  private final Map<SshServer, Server> servers = new HashMap<>(); // guarded by this
  private boolean closed; // guarded by this

  /**
   * A server, and the identities by which it is reached: what was made by way of one is not for
   * another.
   *
   * @param via of the hop before the server
   */
  public record Path(SshServer server, Optional<SessionKey> via) {}

  /** What goes on with one server, by whatever way; guarded by the outer lock. */
  private static final class Server {
    /** Connecting, exchanging keys, ready or logging in; and the way of each. */
    final Map<SshConnection, Path> unauthenticated = new LinkedHashMap<>();

    /** Those of them that nobody has claimed. */
    final Set<SshConnection> unclaimed = new LinkedHashSet<>();

    final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    boolean hasRoom() {
      return unauthenticated.size() < MAX_UNAUTHENTICATED;
    }

    Optional<SshConnection> spare(Path path) {
      return first(unclaimed, path);
    }

    /** A spare one if there is one. */
    Optional<SshConnection> any(Path path) {
      return spare(path).or(() -> first(unauthenticated.keySet(), path));
    }

    private Optional<SshConnection> first(Collection<SshConnection> connections, Path path) {
      return connections.stream()
          .filter(connection -> path.equals(unauthenticated.get(connection)))
          .findFirst();
    }

    /** A spare one that keeps somebody waiting who came another way; it is spare no more. */
    Optional<SshConnection> inTheWay() {
      Optional<SshConnection> idle =
          waiters.isEmpty()
              ? Optional.empty()
              : unclaimed.stream().filter(connection -> connection.ready().isSuccess()).findFirst();
      idle.ifPresent(unclaimed::remove);
      return idle;
    }

    @Nullable Waiter nextWaiter() {
      waiters.removeIf(waiter -> waiter.promise().isDone());
      return waiters.peek();
    }
  }

  private record Waiter(
      Path path,
      Optional<SshSessionSpec> via,
      Asker asker,
      EventLoop loop,
      Promise<Claim> promise) {}

  /**
   * A connection for one login.
   *
   * @param spare whether it was made ahead, and so may have died of old age
   */
  record Claim(SshConnection connection, boolean spare) {}

  public SpareConnections(ConnectionServices services, ServerDialler dialler) {
    this.services = services;
    this.dialler = dialler;
  }

  /**
   * A connection for a login to come: a new one, or where there are enough, one of those.
   *
   * @return empty: those that there are were made another way, or there will be no login
   */
  public Optional<SshConnection> prepare(
      Path path, Optional<SshSessionSpec> via, Asker asker, EventLoop loop) {
    synchronized (this) {
      if (closed) {
        return Optional.empty();
      }
      Server state = servers.computeIfAbsent(path.server(), s -> new Server());
      if (!state.hasRoom()) {
        return state.any(path);
      }
      SshConnection started = start(path, via, asker, state, loop);
      state.unclaimed.add(started);
      return Optional.of(started);
    }
  }

  /**
   * A connection of one's own to log in over, as soon as there may be one more. Whoever does not
   * want it any more cancels the future.
   *
   * @param via see {@link SshConnection#start}
   * @param asker see there
   */
  Future<Claim> claim(Path path, Optional<SshSessionSpec> via, Asker asker, EventLoop loop) {
    Promise<Claim> claimed = loop.newPromise();
    Waiter waiter = new Waiter(path, via, asker, loop, claimed);
    Optional<Claim> now;
    synchronized (this) {
      if (closed) {
        return loop.newFailedFuture(closedFailure());
      }
      Server state = servers.computeIfAbsent(path.server(), s -> new Server());
      now = take(waiter, state);
      if (now.isEmpty()) {
        state.waiters.add(waiter);
      }
    }
    now.ifPresentOrElse(claim -> give(claim, claimed), () -> makeRoom(path.server()));
    return claimed;
  }

  private Optional<Claim> take(Waiter waiter, Server state) {
    assert Thread.holdsLock(this);
    Optional<SshConnection> spare = state.spare(waiter.path());
    if (spare.isPresent()) {
      state.unclaimed.remove(spare.get());
      return Optional.of(new Claim(spare.get(), true));
    }
    if (!state.hasRoom()) {
      return Optional.empty();
    }
    SshConnection started =
        start(waiter.path(), waiter.via(), waiter.asker(), state, waiter.loop());
    return Optional.of(new Claim(started, false));
  }

  /** Under the lock; the connection's listeners are called later, on its loop. */
  private SshConnection start(
      Path path, Optional<SshSessionSpec> via, Asker asker, Server state, EventLoop loop) {
    assert Thread.holdsLock(this);
    SshConnection connection =
        SshConnection.start(path.server(), via, asker, loop, services, dialler);
    state.unauthenticated.put(connection, path);
    connection
        .reached()
        .addListener(
            (Future<Void> reached) -> {
              if (isOfServer(reached.cause())) {
                unreachable(path, (SshException) reached.cause());
              }
            });
    connection.ended().addListener(ended -> done(path, connection));
    connection
        .ready()
        .addListener(
            ready -> {
              if (ready.isSuccess()) {
                services.clock().after(SPARE_LIFETIME, () -> expire(path, connection));
                makeRoom(path.server());
              }
            });
    return connection;
  }

  /** Nobody is there: known for certain, and not for want of time or of places of our own. */
  private static boolean isOfServer(@Nullable Throwable cause) {
    return cause instanceof SshException failed
        && switch (failed.failure()) {
          case TIMED_OUT, NO_ROUTE, CONNECTION_REFUSED -> true;
          default -> false;
        };
  }

  /** Whoever waits for the same server need not find that out anew, four at a time. */
  private void unreachable(Path path, SshException failure) {
    List<Waiter> others;
    synchronized (this) {
      Server state = servers.get(path.server());
      others =
          state == null
              ? List.of()
              : state.waiters.stream().filter(waiter -> waiter.path().equals(path)).toList();
    }
    others.forEach(waiter -> waiter.promise().tryFailure(failure));
  }

  /** Whoever waits comes before a client that may or may not log in. */
  private void makeRoom(SshServer server) {
    Optional<SshConnection> inTheWay;
    synchronized (this) {
      Server state = servers.get(server);
      inTheWay = state == null ? Optional.empty() : state.inTheWay();
    }
    inTheWay.ifPresent(connection -> connection.close("spare connection gives way"));
  }

  private void expire(Path path, SshConnection connection) {
    boolean unclaimed;
    synchronized (this) {
      Server state = servers.get(path.server());
      unclaimed = state != null && state.unclaimed.remove(connection);
    }
    if (unclaimed) {
      connection.close("spare connection not needed");
    }
  }

  /** The connection is logged in or has ended: another one may begin, the oldest waiter's. */
  void done(Path path, SshConnection connection) {
    Waiter waiter;
    Optional<Claim> next;
    synchronized (this) {
      Server state = servers.get(path.server());
      if (state == null || state.unauthenticated.remove(connection) == null) {
        return;
      }
      state.unclaimed.remove(connection);
      waiter = state.nextWaiter();
      next = waiter == null ? Optional.empty() : take(waiter, state);
      if (next.isPresent()) {
        state.waiters.poll();
      }
      if (state.unauthenticated.isEmpty()) {
        servers.remove(path.server());
      }
    }
    if (waiter != null && next.isPresent()) {
      give(next.get(), waiter.promise());
    }
  }

  private static void give(Claim claim, Promise<Claim> promise) {
    if (!promise.trySuccess(claim)) {
      claim.connection().close("nobody waits for this connection");
    }
  }

  /**
   * Ends those that are on the way, too.
   *
   * @return all of them, to wait for until they are gone
   */
  public Set<SshConnection> close() {
    Set<SshConnection> all = new HashSet<>();
    List<Waiter> waiters = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (Server state : servers.values()) {
        all.addAll(state.unauthenticated.keySet());
        waiters.addAll(state.waiters);
        state.waiters.clear();
      }
    }
    waiters.forEach(waiter -> waiter.promise().tryFailure(closedFailure()));
    all.forEach(connection -> connection.close("SSH transport closed"));
    return all;
  }

  static SshException closedFailure() {
    return new SshException(SshFailure.SESSION_ENDED, "SSH transport closed");
  }
}
