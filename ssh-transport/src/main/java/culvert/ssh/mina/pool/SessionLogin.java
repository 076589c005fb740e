package culvert.ssh.mina.pool;

import culvert.ssh.Defects;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.auth.Login;
import culvert.ssh.mina.auth.LoginFactory;
import culvert.ssh.mina.connection.ConnectionServices;
import culvert.ssh.mina.connection.DialFailures;
import culvert.ssh.mina.connection.SshConnection;
import culvert.ssh.mina.io.Loops;
import culvert.ssh.mina.pool.SpareConnections.Claim;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connection of one pooled session: gathers what to log in with, claims a connection,
 * logs in; once more if a spare connection turned out dead. Ends exactly once, within the profile's
 * connect and login deadlines, and wipes the password then. Confined to one event loop.
 */
final class SessionLogin {
  private final ConnectionServices services;
  private final SpareConnections spares;
  private final RefusedLogins refused;
  private final SessionKey key;
  private final SshSessionSpec spec;
  private final SshServer server;
  private final SpareConnections.Path path;
  private final EventLoop loop;
  private final Outcome outcome;

  /** Beyond that we give up, however long the server may still take. */
  private static final Duration OWN_PATIENCE = Duration.ofSeconds(20);

  /** While our own time runs, the server's stands still. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final OwnTime own;
  private Duration patience = Duration.ZERO;
  private long begun;
  private boolean over;
  private boolean retried;
  private boolean reached; // the server, and it has proved who it is
  private volatile @Nullable Login login; // the latest; written on the loop only
  private @Nullable Future<Claim> claiming;
  private @Nullable ScheduledFuture<?> deadline;

  /** Who wants to know; told once. */
  interface Outcome {
    void loggedIn(SshConnection connection);

    void failed(SshException failure);

    /** Whether the same login stands elsewhere: then a refusal is not about what was shown. */
    boolean othersStand();
  }

  /**
   * A login that has not begun.
   *
   * @param spec with a password of its own: nobody else wipes it
   */
  SessionLogin(
      ConnectionServices services,
      SpareConnections spares,
      RefusedLogins refused,
      SessionKey key,
      SshSessionSpec spec,
      EventLoop loop,
      Outcome outcome) {
    this.services = services;
    this.spares = spares;
    this.refused = refused;
    this.key = key;
    this.spec = spec;
    this.server = spec.server();
    this.path = key.path();
    this.loop = loop;
    this.own = new OwnTime(loop.ticker());
    this.outcome = outcome;
  }

  /** Begins. Any thread. */
  void start() {
    loop.execute(guarded(this::begin));
  }

  private void begin() {
    assert Loops.isOn(loop);
    begun = loop.ticker().nanoTime();
    patience = server.profile().patience();
    deadline = loop.schedule(guarded(this::late), patience.toNanos(), TimeUnit.NANOSECONDS);
    prepare();
  }

  /** Time that has passed here is not the server's. */
  private void late() {
    Duration held = own.total();
    Duration servers = Duration.ofNanos(loop.ticker().nanoTime() - begun).minus(held);
    if (held.compareTo(OWN_PATIENCE) > 0) {
      fail(
          DialFailures.failure(
              SshFailure.HELD_UP, server, "held up here for " + held.toMillis() + " ms"));
    } else if (servers.compareTo(patience) >= 0) {
      fail(unfinished().orElseGet(this::timedOut));
    } else {
      long left = Math.max(patience.minus(servers).toNanos(), LOOK_AGAIN.toNanos());
      deadline = loop.schedule(guarded(this::late), left, TimeUnit.NANOSECONDS);
    }
  }

  private SshException timedOut() {
    return DialFailures.failure(
        SshFailure.TIMED_OUT, server, "no session within " + patience.toMillis() + " ms");
  }

  /** See {@link Login#unfinished}. Any thread. */
  Optional<SshException> unfinished() {
    Login shown = login;
    return shown == null ? Optional.empty() : shown.unfinished();
  }

  /** How long it has been held up by Culvert itself until now. Any thread. */
  Duration ownTime() {
    return own.total();
  }

  private void prepare() {
    LoginFactory logins = services.logins();
    own.begin();
    ConnectionServices.offLoop(
            logins.threads(server),
            loop,
            () -> logins.prepare(server, spec.user(), spec.password()))
        .addListener(Defects.told((FutureListener<Login>) this::prepared, this::failed));
  }

  private void prepared(Future<Login> prepared) {
    own.end();
    if (!prepared.isSuccess()) {
      failed(prepared.cause()); // not "no identity": a defect must not lead to plaintext
      return;
    }
    Login next = prepared.getNow();
    login = next;
    Optional<SshException> nothing = next.nothingToTry();
    if (over || nothing.isPresent()) {
      next.wipe();
      nothing.ifPresent(this::fail);
      return;
    }
    own.begin(); // it is we who ask for only so many at once
    claiming = spares.claim(path, spec.via(), spec.asker(), loop);
    FutureListener<Claim> then = claimed -> claimed(claimed, next);
    claiming.addListener(Defects.told(then, this::failed));
  }

  private void claimed(Future<Claim> claimed, Login shown) {
    own.end();
    if (!claimed.isSuccess()) {
      shown.wipe();
      failed(claimed.cause());
      return;
    }
    Claim claim = claimed.getNow();
    own.add(claim.connection()::ownTime);
    claim
        .connection()
        .ready()
        .addListener(ready -> Loops.post(loop, guarded(() -> ready(ready, claim, shown))));
  }

  private void ready(Future<?> ready, Claim claim, Login shown) {
    if (over || !ready.isSuccess()) {
      shown.wipe();
      claim.connection().close("nobody waits for this connection");
      if (!over) {
        failed(ready.cause());
      }
      return;
    }
    reached = true;
    Optional<SshException> refusedMeanwhile = refused.remembered(key);
    if (refusedMeanwhile.isPresent()) {
      shown.wipe();
      claim.connection().close("the login was refused meanwhile");
      fail(refusedMeanwhile.get());
      return;
    }
    claim
        .connection()
        .logIn(shown)
        .addListener(done -> Loops.post(loop, guarded(() -> loggedIn(done, claim, shown))));
  }

  private void loggedIn(Future<?> done, Claim claim, Login shown) {
    spares.done(path, claim.connection());
    if (over) {
      claim.connection().close("nobody waits for this session");
    } else if (done.isSuccess()) {
      end();
      refused.forget(key);
      services.events().loggedIn(server);
      claim.connection().ended().addListener(ended -> services.events().ended(server));
      outcome.loggedIn(claim.connection());
    } else if (claim.spare() && !shown.sentAnything() && !retried && !timedOut(done)) {
      retried = true;
      prepare();
    } else {
      SshException failure = SshException.of(done.cause());
      if (!outcome.othersStand()) {
        refused.note(key, failure, shown.isPasswordRefused());
      }
      fail(failure);
    }
  }

  /** A server that lets a login wait lets the next one wait too: that takes the client's time. */
  private static boolean timedOut(Future<?> done) {
    return done.cause() instanceof SshException failure
        && failure.failure() == SshFailure.TIMED_OUT;
  }

  private Runnable guarded(Runnable task) {
    return Defects.told(task, this::failed);
  }

  private void failed(Throwable cause) {
    fail(SshException.of(cause));
  }

  private void fail(SshException failure) {
    assert Loops.isOn(loop);
    if (!over) {
      end();
      if (reached) {
        services.events().loginFailed(server, failure.failure());
      }
      outcome.failed(failure);
    }
  }

  private void end() {
    assert Loops.isOn(loop);
    over = true;
    SessionRequest.wipe(spec);
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (claiming != null) {
      claiming.cancel(false);
    }
  }
}
