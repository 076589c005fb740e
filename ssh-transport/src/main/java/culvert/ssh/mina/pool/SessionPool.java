package culvert.ssh.mina.pool;

import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.connection.Clock;
import culvert.ssh.mina.connection.Clock.Alarm;
import culvert.ssh.mina.connection.ConnectionServices;
import culvert.ssh.mina.connection.HopSession;
import culvert.ssh.mina.connection.SshConnection;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Logged-in connections by identity, at most {@code connections} for each. Concurrent first users
 * share one login; those who then find every connection in use begin another one. One that nobody
 * uses is kept for its profile's {@code idle-timeout}, and after {@code max-lifetime} it takes
 * nobody new. Thread-safe; nobody is told anything under the lock.
 */
public final class SessionPool {
  /** So long a job waits for one more connection before it shares one that stands. */
  static final Duration GROWTH_PATIENCE = Duration.ofSeconds(2);

  private final ConnectionServices services;
  private final SpareConnections spares;
  private final Clock clock;
  private final SessionKey.Factory keys = new SessionKey.Factory();
  private final RefusedLogins refused;
  private final Map<SessionKey, KeyedSessions> sessions = new HashMap<>(); // guarded by this
  private final Set<PooledSession> live = new HashSet<>(); // guarded by this
  private boolean closed; // guarded by this

  public SessionPool(ConnectionServices services, SpareConnections spares) {
    this.services = services;
    this.spares = spares;
    this.clock = services.clock();
    this.refused = new RefusedLogins(clock);
  }

  /** By which way the server is reached. */
  public SpareConnections.Path path(SshServer server, Optional<SshSessionSpec> via) {
    return new SpareConnections.Path(server, via.map(keys::of));
  }

  /** Whether a session to the server stands, made for the client, that would take it now. */
  public synchronized boolean isWarm(SpareConnections.Path path, InetAddress client) {
    return sessions.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getKey().path().equals(path)
                    && entry.getKey().client().equals(client)
                    && entry.getValue().isWarm());
  }

  /** See {@link culvert.ssh.SshTransport#connect}. */
  public Future<SshSession> connect(SshSessionSpec spec, EventLoop loop) {
    Promise<SshSession> leased = loop.newPromise();
    lease(spec, loop, leased);
    return leased;
  }

  /** The same for a session that carries the connection to the next server. */
  public Future<HopSession> connectHop(SshSessionSpec spec, EventLoop loop) {
    Promise<HopSession> leased = loop.newPromise();
    lease(spec, loop, leased);
    return leased;
  }

  private void lease(SshSessionSpec spec, EventLoop loop, Promise<? super SshLease> leased) {
    SessionRequest request = SessionRequest.of(keys.of(spec), spec, loop);
    place(request)
        .addListener(
            (Future<PooledSession> granted) -> {
              if (!granted.isSuccess()) {
                request.wipe();
                leased.tryFailure(granted.cause());
                return;
              }
              SshLease lease = new SshLease(this, request, granted.getNow());
              if (!leased.trySuccess(lease)) {
                lease.release();
              }
            });
  }

  /** See {@link culvert.ssh.SshTransport#heldUp}. */
  public Duration heldUp(SshSessionSpec spec) {
    return ofThose(spec, KeyedSessions::ownTime).orElse(Duration.ZERO);
  }

  /** See {@link culvert.ssh.SshTransport#unfinished}. */
  public Optional<SshException> unfinished(SshSessionSpec spec) {
    return ofThose(spec, KeyedSessions::unfinished)
        .flatMap(left -> left)
        .or(() -> spec.via().flatMap(this::unfinished));
  }

  private <T> Optional<T> ofThose(SshSessionSpec spec, Function<KeyedSessions, T> question) {
    Optional<SessionKey> key = keys.unlessWiped(spec);
    synchronized (this) {
      return key.map(sessions::get).map(question);
    }
  }

  /** The server takes no more channels on that session, until one closes. */
  synchronized void markFull(PooledSession session) {
    session.markFull();
  }

  /**
   * Finds a place: on a session that stands, on one that is being made, or on a new one.
   *
   * @return the session, which counts the requester as a user
   */
  Future<PooledSession> place(SessionRequest request) {
    Runnable next;
    synchronized (this) {
      next = decide(request);
    }
    next.run();
    return request.granted();
  }

  /** Under the lock; returns what to do without it. */
  private Runnable decide(SessionRequest request) {
    assert Thread.holdsLock(this);
    if (closed) {
      return () -> request.fail(SpareConnections.closedFailure());
    }
    SessionKey key = request.key();
    KeyedSessions standing = sessions.computeIfAbsent(key, SessionPool::noneOf);
    Optional<PooledSession> idle = standing.idle(request);
    if (idle.isPresent()) {
      return grant(request, idle.get());
    }
    Optional<SshException> refusal = refused.remembered(key);
    if (refusal.isEmpty() && standing.wantOneMore(request, clock.nanoTime())) {
      return logIn(request, standing);
    }
    Optional<PooledSession> shared = standing.leastLoaded(request);
    if (shared.isPresent()) {
      return shared.get().isEstablished()
          ? grant(request, shared.get())
          : wait(request, shared.get(), standing);
    }
    removeIfEmpty(key, standing);
    SshException failure = request.failure().or(() -> refusal).orElseGet(() -> request.noRoom());
    return () -> request.fail(failure);
  }

  private static KeyedSessions noneOf(SessionKey key) {
    return new KeyedSessions(key.server().profile().pooling().connections());
  }

  private Runnable grant(SessionRequest request, PooledSession session) {
    assert Thread.holdsLock(this);
    session.enter();
    return () -> {
      if (!request.grant(session)) {
        leave(session);
      }
    };
  }

  private Runnable wait(SessionRequest request, PooledSession session, KeyedSessions standing) {
    assert Thread.holdsLock(this);
    session.await(request);
    if (standing.leastLoadedStanding(request).isPresent()) {
      Alarm patience = clock.after(GROWTH_PATIENCE, () -> losePatience(request, session));
      request.granted().addListener(done -> patience.cancel());
    }
    return () -> {};
  }

  private Runnable logIn(SessionRequest request, KeyedSessions standing) {
    assert Thread.holdsLock(this);
    PooledSession session = new PooledSession(request.key(), standing.loopFor(request.loop()));
    standing.add(session);
    Runnable waiting = wait(request, session, standing);
    SessionLogin login =
        new SessionLogin(
            services,
            spares,
            refused,
            request.key(),
            request.newSpec(),
            session.loop(),
            new LoginOutcome(session));
    session.loggedInBy(login);
    return () -> {
      waiting.run();
      login.start();
    };
  }

  private final class LoginOutcome implements SessionLogin.Outcome {
    private final PooledSession session;

    LoginOutcome(PooledSession session) {
      this.session = session;
    }

    @Override
    public void loggedIn(SshConnection connection) {
      SessionPool.this.loggedIn(session, connection);
    }

    @Override
    public void failed(SshException failure) {
      loginFailed(session, failure);
    }

    @Override
    public boolean othersStand() {
      return anyStands(session.key());
    }
  }

  private synchronized boolean anyStands(SessionKey key) {
    KeyedSessions standing = sessions.get(key);
    return standing != null && standing.all().anyMatch(PooledSession::isEstablished);
  }

  private void loggedIn(PooledSession session, SshConnection connection) {
    List<SessionRequest> waiting;
    boolean tooLate;
    synchronized (this) {
      session.establish(
          connection,
          clock.after(
              session.key().server().profile().pooling().maxLifetime(), () -> retire(session)));
      waiting = session.takeWaiting();
      live.add(session);
      tooLate = closed;
    }
    if (tooLate) {
      connection.close("SSH transport closed");
    }
    waiting.forEach(this::place);
    idleUnlessUsed(session);
    // Last: a server that hangs up at once serves those who have waited with that, and not with
    // another login.
    connection.ended().addListener(ended -> remove(session));
  }

  private void loginFailed(PooledSession session, SshException failure) {
    List<SessionRequest> waiting;
    synchronized (this) {
      waiting = session.takeWaiting();
      waiting.forEach(request -> request.loginFailed(failure));
      KeyedSessions others = sessions.get(session.key());
      if (others != null) {
        others.remove(session);
        others.pauseGrowth(clock.nanoTime());
        removeIfEmpty(session.key(), others);
      }
    }
    waiting.forEach(this::place);
  }

  /** It shares what stands, if that still does. */
  private void losePatience(SessionRequest request, PooledSession session) {
    Runnable next = () -> {};
    synchronized (this) {
      KeyedSessions all = sessions.get(session.key());
      Optional<PooledSession> other =
          all == null ? Optional.empty() : all.leastLoadedStanding(request);
      if (other.isPresent() && session.stopWaiting(request)) {
        next = grant(request, other.get());
      }
    }
    next.run();
  }

  /** One more channel of somebody who has a lease. */
  synchronized void enter(PooledSession session) {
    session.enter();
  }

  /** A channel that was open has closed. */
  void channelClosed(PooledSession session) {
    synchronized (this) {
      session.hasRoom();
    }
    leave(session);
  }

  /** One user less. */
  void leave(PooledSession session) {
    boolean over;
    synchronized (this) {
      over = session.leave() && session.isRetired();
      if (!over) {
        idleUnlessUsed(session);
      }
    }
    if (over) {
      session.connection().close("its max-lifetime is over");
    }
  }

  private synchronized void idleUnlessUsed(PooledSession session) {
    if (session.isIdle() && !session.isRetired()) {
      Duration patience = session.idleTimeout();
      session.idleFrom(clock.nanoTime(), clock.after(patience, () -> expire(session)));
    }
  }

  private void expire(PooledSession session) {
    synchronized (this) {
      boolean longEnough =
          clock.nanoTime() - session.idleSince() >= session.idleTimeout().toNanos();
      if (!session.isIdle() || !longEnough || session.isRetired()) {
        return;
      }
      takeOut(session);
    }
    session.connection().close("idle");
  }

  /** Its time is up. */
  private void retire(PooledSession session) {
    boolean unused;
    synchronized (this) {
      takeOut(session);
      unused = session.isIdle();
    }
    if (unused) {
      session.connection().close("its max-lifetime is over");
    }
  }

  /** Its connection has ended. */
  private synchronized void remove(PooledSession session) {
    live.remove(session);
    takeOut(session);
  }

  private void takeOut(PooledSession session) {
    assert Thread.holdsLock(this);
    session.retire();
    KeyedSessions others = sessions.get(session.key());
    if (others != null) {
      others.remove(session);
      removeIfEmpty(session.key(), others);
    }
  }

  private void removeIfEmpty(SessionKey key, KeyedSessions standing) {
    assert Thread.holdsLock(this);
    if (standing.isEmpty()) {
      sessions.remove(key, standing);
    }
  }

  /** Nothing is kept of anybody. */
  public synchronized boolean isEmpty() {
    return sessions.isEmpty() && live.isEmpty();
  }

  /**
   * Ends every session.
   *
   * @return theirs, to wait for until they are gone
   */
  public List<SshConnection> close() {
    List<PooledSession> all;
    List<SessionRequest> waiting = new ArrayList<>();
    synchronized (this) {
      closed = true;
      all = List.copyOf(live);
      sessions.values().stream()
          .flatMap(KeyedSessions::all)
          .forEach(session -> waiting.addAll(session.takeWaiting()));
      sessions.clear();
    }
    waiting.forEach(request -> request.fail(SpareConnections.closedFailure()));
    List<SshConnection> connections =
        all.stream()
            .sorted(Comparator.comparing(PooledSession::hops).reversed()) // each before its carrier
            .map(PooledSession::connection)
            .toList();
    connections.forEach(connection -> connection.close("SSH transport closed"));
    return connections;
  }
}
