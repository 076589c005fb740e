package culvert.ssh.mina.connection;

import culvert.ssh.Defects;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import culvert.ssh.mina.auth.Login;
import culvert.ssh.mina.io.Loops;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login on one connection and the writing of a new host key after it, both within the profile's
 * login-timeout. Owns the {@link Login} and wipes it. Confined to the session's event loop, but for
 * {@link #ownTime}.
 */
final class TimedLogin {
  private static final Logger log = LoggerFactory.getLogger(TimedLogin.class);

  private final SshServer server;
  private final Consumer<SshException> failed;
  private final TurnClock clock;
  private @Nullable Login login;
  private State state = State.NOT_BEGUN;

  private enum State {
    NOT_BEGUN,
    RUNNING,
    /** By the server; a new host key is not written yet. */
    ACCEPTED,
    OVER
  }

  /**
   * A login that has not begun.
   *
   * @param timer runs a task on the loop after a while
   * @param nanoTime the loop's
   * @param failed told once at most why the connection is to end
   */
  TimedLogin(
      SshServer server,
      BiFunction<Duration, Runnable, ScheduledFuture<?>> timer,
      LongSupplier nanoTime,
      Consumer<SshException> failed) {
    this.server = server;
    this.failed = failed;
    Duration limit = server.profile().timeouts().login();
    this.clock = new TurnClock(timer, nanoTime, limit, this::timedOut, limit, this::heldUp);
  }

  /** How long it has been held up by Culvert itself. Any thread. */
  Duration ownTime() {
    return clock.ownTime();
  }

  /**
   * Begins, on a session that is ready for it.
   *
   * @param newHostKey is written when the server has accepted the login
   */
  void begin(
      Login shown, ClientSession session, Optional<NewHostKey> newHostKey, Runnable succeeded) {
    login = shown;
    state = State.RUNNING;
    clock.peersTurn();
    NettyIoSession connection = (NettyIoSession) session.getIoSession();
    EventLoop loop = connection.eventLoop();
    Runnable accepted = () -> accepted(newHostKey, loop, succeeded);
    try {
      connection.inBatch(
          () -> {
            shown.attach(session, loop, new LoginTurns());
            session
                .auth()
                .addListener(
                    done -> Loops.post(loop, guarded(() -> answered(shown, done, accepted))));
          });
    } catch (IOException e) {
      failed.accept(shown.failure(e));
    } catch (Exception e) {
      failed.accept(SshException.of(e));
    }
  }

  private void answered(Login shown, AuthFuture answer, Runnable accepted) {
    if (state != State.RUNNING) {
      return;
    }
    log.debug("{}: {}: {}", server, shown, shown.course());
    if (answer.isSuccess()) {
      accepted.run();
    } else {
      Throwable cause = answer.getException();
      failed.accept(failure(shown, cause == null ? new IOException("login refused") : cause));
    }
  }

  private static SshException failure(Login shown, Throwable cause) {
    return SessionDefects.in(cause).orElseGet(() -> shown.failure(cause));
  }

  private Runnable guarded(Runnable task) {
    return Defects.told(task, this::defect);
  }

  private void defect(Throwable thrown) {
    failed.accept(SshException.of(thrown));
  }

  private void accepted(Optional<NewHostKey> newHostKey, EventLoop loop, Runnable succeeded) {
    wipe();
    state = State.ACCEPTED;
    if (newHostKey.isEmpty()) {
      succeed(succeeded);
      return;
    }
    clock.ourTurn();
    FutureListener<Void> then =
        written -> {
          if (written.isSuccess()) {
            succeed(succeeded);
          } else {
            failed.accept(SshException.of(written.cause()));
          }
        };
    newHostKey.get().write(loop).addListener(Defects.told(then, this::defect));
  }

  private void succeed(Runnable succeeded) {
    if (state == State.ACCEPTED) {
      end();
      succeeded.run();
    }
  }

  /** The connection broke in the middle of it. */
  SshException brokenOff(Throwable cause) {
    if (login == null) {
      return DialFailures.beforeTheLogin(server, cause);
    }
    return state == State.RUNNING
        ? failure(login, cause)
        : DialFailures.sessionEnded(server, cause);
  }

  /** It is over, one way or the other. Idempotent. */
  void end() {
    state = State.OVER;
    clock.stop();
    wipe();
  }

  private void wipe() {
    if (login != null) {
      login.wipe();
    }
  }

  private void timedOut() {
    Optional<SshException> unfinished =
        state == State.RUNNING && login != null ? login.unfinished() : Optional.empty();
    failed.accept(unfinished.orElseGet(() -> DialFailures.loginTimedOut(server)));
  }

  private void heldUp() {
    String what = state == State.RUNNING ? "a key's signature" : "names or known_hosts";
    failed.accept(DialFailures.heldUp(server, what, clock.ownTime()));
  }

  private final class LoginTurns implements Login.Turns {
    @Override
    public void ours() {
      if (state == State.RUNNING) {
        clock.ourTurn();
      }
    }

    @Override
    public void theServers() {
      if (state == State.RUNNING) {
        clock.peersTurn();
      }
    }
  }
}
