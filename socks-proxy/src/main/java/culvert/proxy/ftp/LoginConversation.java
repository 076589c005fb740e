package culvert.proxy.ftp;

import culvert.config.FallbackReason;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.ClientInput;
import culvert.proxy.ftp.core.Command;
import culvert.proxy.ftp.core.LoginCapture;
import culvert.proxy.ftp.core.LoginEffect;
import culvert.proxy.ftp.core.LoginEvent;
import culvert.proxy.ftp.core.LoginState;
import culvert.proxy.ftp.core.Reply;
import culvert.proxy.ftp.core.ReplyLine;
import culvert.proxy.ftp.core.Serves;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Culvert plays the FTP server until the login is known, and then the client: carries out what
 * {@link LoginCapture} says. When the server has taken the login, the word goes to a {@link
 * RelayConversation}, and comes back with another user. Confined to the session's loop.
 */
final class LoginConversation implements Conversation, LoginDeadlines.Listener {

  /** Another user may fare better. */
  private static final Set<SshFailure> LOGIN_FAILURES =
      Set.of(SshFailure.AUTH_FAILED, SshFailure.NO_IDENTITY, SshFailure.LOGIN_UNFINISHED);

  private final FtpSession session;
  private final LoginCapture login;
  private Reply.Collector replies = new Reply.Collector();
  private final LoginDeadlines deadlines;
  private String failure = ""; // of the last attempt to reach the server

  LoginConversation(FtpSession session, LoginCapture login) {
    this.session = session;
    this.login = login;
    this.deadlines = new LoginDeadlines(session.home(), session.timeouts(), this);
    deadlines.follow(login.state());
  }

  static boolean isLoginRefused(Exception cause) {
    return cause instanceof SshException ssh && LOGIN_FAILURES.contains(ssh.failure());
  }

  private static boolean isUntrusted(Exception cause) {
    return cause instanceof SshException ssh && ssh.failure() == SshFailure.HOST_KEY;
  }

  /** The session has ended: secrets are wiped. */
  void close() {
    deadlines.stop();
    login.close();
  }

  // The client

  @Override
  public boolean takes(ClientInput next) {
    return session.client().writable() && login.takesCommands();
  }

  @Override
  public boolean listens() {
    return session.client().writable() && awaitsClient();
  }

  private boolean awaitsClient() {
    return login.state() == LoginState.AWAIT_USER || login.state() == LoginState.AWAIT_PASS;
  }

  @Override
  public void take(Command command, boolean followed) {
    session.noteUser(command);
    on(new LoginEvent.Sent(command), () -> {});
  }

  /** Whether a command behind the login is for another upstream. */
  boolean startsOver(Command command) {
    return login.startsOver(command);
  }

  /**
   * A command behind the login, which may begin another one.
   *
   * @param forward sends it to the server, if it does not
   */
  void sentAfterLogin(Command command, Runnable forward) {
    on(new LoginEvent.Sent(command), forward);
  }

  @Override
  public void clientEnded() {
    if (awaitsClient()) {
      finish();
    }
  }

  @Override
  public void clientGone(String detail) {
    session.end(EndReason.CLIENT_ABORTED, detail);
  }

  // The upstream

  /** The destination is chosen, or refused. */
  void decided(LoginEvent event) {
    on(event, () -> {});
  }

  @Override
  public void opened(DuplexChannel control, Upstream upstream) {
    failure = "";
    ServerSide server = session.way().attach(session, control, upstream);
    replies = new Reply.Collector();
    on(new LoginEvent.UpstreamOpened(serves(upstream)), () -> {});
    server.listen();
  }

  /** What was said of one login says nothing about the next one. */
  private static Serves serves(Upstream upstream) {
    if (upstream.isTunnelled()) {
      return Serves.ONE_IDENTITY;
    }
    return switch (upstream.fallback().orElse(FallbackReason.UNREACHABLE)) {
      case NO_IDENTITY, AUTH_FAILED -> Serves.ONE_LOGIN;
      case UNREACHABLE, FORWARDING_REFUSED, TARGET_UNREACHABLE -> Serves.ANY_LOGIN;
    };
  }

  @Override
  public void failed(Exception cause) {
    failure = PlainWords.of(cause);
    String text = "culvert: " + failure;
    on(
        isLoginRefused(cause)
            ? new LoginEvent.Refused(text)
            : isUntrusted(cause)
                ? new LoginEvent.Untrusted(text)
                : new LoginEvent.UpstreamFailed(text),
        () -> {});
  }

  @Override
  public void replied(ReplyLine line) {
    replies.add(line).ifPresent(this::replied);
  }

  private void replied(Reply reply) {
    if (ReplyLine.logsIn(reply.code())) {
      session.loggedIn(Optional.empty());
    }
    on(new LoginEvent.Replied(reply), () -> {});
  }

  @Override
  public void serverEnded() {
    serverLost("FTP server " + session.way().host() + ": closed the connection during the login");
  }

  @Override
  public void serverLost(String why) {
    failure = why;
    on(new LoginEvent.UpstreamFailed("culvert: " + why), () -> {});
  }

  // What the login core says

  private void on(LoginEvent event, Runnable forward) {
    boolean before = login.state() == LoginState.LOGGED_IN;
    List<LoginEffect> effects = login.on(event);
    if (!before && login.state() == LoginState.LOGGED_IN) {
      session.become(RelayConversation.after(this, session, session.way().server()));
    }
    deadlines.follow(login.state()); // an effect may bring about the next event at once
    effects.forEach(effect -> run(effect, forward));
  }

  private void run(LoginEffect effect, Runnable forward) {
    if (effect instanceof LoginEffect.ToClient reply) {
      session.client().tell(reply.bytes());
    } else if (effect instanceof LoginEffect.ToServer line) {
      session.toServer(line.bytes());
    } else if (effect instanceof LoginEffect.DecideDestination decide) {
      session.way().choose(decide.named());
    } else if (effect instanceof LoginEffect.OpenUpstream open) {
      session.way().open(open.user(), open.password());
    } else if (effect instanceof LoginEffect.CloseUpstream) {
      session.become(this);
      session.way().drop();
    } else if (effect instanceof LoginEffect.Forward) {
      forward.run();
    } else if (effect instanceof LoginEffect.Close) {
      finish();
    } else {
      throw new IllegalStateException("FTP login: " + effect);
    }
  }

  /** As what it was: a client that hangs up behind a failure had no session. */
  private void finish() {
    session.finish(failure.isEmpty() ? EndReason.COMPLETED : EndReason.UPSTREAM_FAILED, failure);
  }

  @Override
  public void serverTooLate(Duration patience) {
    session.serverLost(
        "FTP server %s: no answer to the login within %d ms"
            .formatted(session.way().host(), patience.toMillis()));
  }

  @Override
  public void clientTooLate(Duration patience) {
    String why = "no login within " + patience.toMillis() + " ms";
    session.guarded(() -> session.hangUp(421, "culvert: " + why, EndReason.TIMED_OUT, why));
  }
}
