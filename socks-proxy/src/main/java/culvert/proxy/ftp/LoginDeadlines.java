package culvert.proxy.ftp;

import culvert.proxy.ftp.core.LoginState;
import culvert.proxy.relay.HomeLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a captured login may take: one deadline for the client, from the greeting or its last
 * attempt on, whatever else it says, and one for the server, from its connection to the reply that
 * ends the login, however often it says that it is not ready. In between the {@link
 * culvert.proxy.upstream.Opening} has its own. Confined to the session's loop.
 */
final class LoginDeadlines {

  /** The session. */
  interface Listener {
    void clientTooLate(Duration patience);

    void serverTooLate(Duration patience);
  }

  private enum Awaited {
    NOBODY,
    CLIENT,
    SERVER
  }

  private final HomeLoop home;
  private final FtpTimeouts timeouts;
  private final Listener session;
  private Awaited awaited = Awaited.NOBODY;
  private @Nullable ScheduledFuture<?> timer;

  LoginDeadlines(HomeLoop home, FtpTimeouts timeouts, Listener session) {
    this.home = home;
    this.timeouts = timeouts;
    this.session = session;
  }

  /** The login has got so far, or is where it was. */
  void follow(LoginState state) {
    await(
        switch (state) {
          case AWAIT_USER, AWAIT_PASS, DECIDING -> Awaited.CLIENT;
          case REPLAYING_LOGIN -> Awaited.SERVER;
          case OPENING_UPSTREAM, LOGGED_IN, REFUSED -> Awaited.NOBODY;
        });
  }

  /** Nothing is waited for any more. */
  void stop() {
    await(Awaited.NOBODY);
  }

  private void await(Awaited next) {
    if (next == awaited) {
      return; // the time goes on
    }
    home.check();
    awaited = next;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    switch (next) {
      case CLIENT -> {
        Duration patience = timeouts.clientLogin();
        start(patience, () -> session.clientTooLate(patience));
      }
      case SERVER -> {
        Duration patience = timeouts.serverReply();
        start(patience, () -> session.serverTooLate(patience));
      }
      case NOBODY -> {}
    }
  }

  private void start(Duration patience, Runnable late) {
    timer = home.in(patience, late);
  }
}
