package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the FTP server until name and password are known, opens the upstream with them, and then
 * plays the client: everything that was promised to either side is kept. {@link LoginReplay} does
 * the second part.
 *
 * <p>Owns the captured password; {@link #close} wipes it.
 */
public final class LoginCapture implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LoginCapture.class);

  private final boolean userAtHost;
  private final List<LoginEffect> effects = new ArrayList<>();
  private final RecordedCommands recorded = new RecordedCommands();
  private LoginDepth depth;
  private LoginState state = LoginState.AWAIT_USER;
  private final CapturedLogin login = new CapturedLogin();
  private @Nullable LoginReplay replay;
  private Serves serves = Serves.ONE_LOGIN;

  /** For the destination that the client has asked the front door for. */
  public LoginCapture(LoginDepth depth) {
    this(depth, false);
  }

  private LoginCapture(LoginDepth depth, boolean userAtHost) {
    this.depth = depth;
    this.userAtHost = userAtHost;
  }

  /**
   * For a destination that USER may name, as in {@code USER name@host}. How much of the login is
   * needed then depends on what is decided about it.
   */
  public static LoginCapture userAtHost() {
    return new LoginCapture(LoginDepth.USER, true);
  }

  /** What a client that has just been connected is sent at once: servers speak first. */
  public static byte[] greeting() {
    return OwnReply.line(OwnReply.GREETING);
  }

  public LoginState state() {
    return state;
  }

  /**
   * Whether a command may be told now: one that was pipelined has to wait until that before it has
   * been dealt with.
   */
  public boolean takesCommands() {
    return switch (state) {
      case AWAIT_USER, AWAIT_PASS, LOGGED_IN, REFUSED -> true;
      case DECIDING, OPENING_UPSTREAM, REPLAYING_LOGIN -> false;
    };
  }

  /** Takes one event; an event that has no meaning in the present state changes nothing. */
  public List<LoginEffect> on(LoginEvent event) {
    if (event instanceof LoginEvent.Sent sent) {
      sent(sent.command());
    } else if (event instanceof LoginEvent.Decided decided) {
      decided(decided.depth());
    } else if (event instanceof LoginEvent.UpstreamOpened opened) {
      opened(opened.serves());
    } else if (event instanceof LoginEvent.Refused refused) {
      refused(refused.text());
    } else if (event instanceof LoginEvent.Untrusted untrusted) {
      upstreamFailed(depth == LoginDepth.USER ? 421 : 530, untrusted.text());
    } else if (event instanceof LoginEvent.UpstreamFailed failed) {
      upstreamFailed(421, failed.text());
    } else if (event instanceof LoginEvent.Replied replied) {
      replied(replied.reply());
    }
    List<LoginEffect> result = List.copyOf(effects);
    effects.clear();
    return result;
  }

  /** Wipes everything that was captured. Idempotent. */
  @Override
  public void close() {
    login.forget();
    recorded.clear();
  }

  private void sent(Command command) {
    switch (state) {
      case AWAIT_USER, AWAIT_PASS -> beforeLogin(command);
      case LOGGED_IN -> afterLogin(command);
      case REFUSED -> command.wipe();
      case DECIDING, OPENING_UPSTREAM, REPLAYING_LOGIN -> {
        command.wipe();
        illegal("Sent");
      }
    }
  }

  private void beforeLogin(Command command) {
    switch (command.verb()) {
      case "USER" -> user(command);
      case "PASS" -> pass(command);
      case "ACCT" -> {
        login.account(command);
        reply("202 Account noted.");
      }
      case "OPTS" -> {
        if (command.argumentText().toUpperCase(Locale.ROOT).matches("UTF-?8( .*)?")) {
          record(command, "200 UTF8 noted.");
        } else {
          reply(OwnReply.PLEASE_LOG_IN);
        }
      }
      case "CLNT" -> record(command, "200 Noted.");
      case "NOOP" -> record(command, "200 OK.");
      case "HOST" -> record(command, "220 Host noted.");
      case "REIN" -> {
        recorded.clear();
        awaitAnotherUser();
        reply(OwnReply.GREETING);
      }
      case "AUTH", "ADAT", "PBSZ", "PROT" -> reply(OwnReply.NO_TLS);
      case "QUIT" -> {
        reply(OwnReply.GOODBYE);
        refuse();
      }
      case "" -> reply(OwnReply.MALFORMED);
      default -> reply(OwnReply.PLEASE_LOG_IN);
    }
  }

  private void record(Command command, String reply) {
    if (recorded.add(command)) {
      reply(reply);
    } else {
      reply("421 culvert: more than " + RecordedCommands.MAX + " commands before the login.");
      refuse();
    }
  }

  private void user(Command command) {
    if (userAtHost) {
      userAtHost(command);
    } else {
      login.user(command.argument(), command);
      userKnown();
    }
  }

  private void userAtHost(Command command) {
    UserAtHost named;
    try {
      named = UserAtHost.parse(command.argument());
    } catch (IllegalArgumentException e) {
      effects.add(
          new LoginEffect.ToClient(
              OwnReply.of(501, "culvert: USER name@host[:port]: " + e.getMessage())));
      login.forget();
      enter(LoginState.AWAIT_USER);
      return;
    }
    login.user(named.user(), Command.user(named.user()));
    enter(LoginState.DECIDING);
    effects.add(new LoginEffect.DecideDestination(named.host()));
  }

  private void userKnown() {
    if (depth == LoginDepth.USER) {
      open();
    } else {
      reply(OwnReply.PASSWORD_PLEASE);
      enter(LoginState.AWAIT_PASS);
    }
  }

  private void decided(LoginDepth decidedDepth) {
    if (state != LoginState.DECIDING) {
      illegal("Decided");
      return;
    }
    depth = decidedDepth;
    userKnown();
  }

  private void pass(Command command) {
    if (state != LoginState.AWAIT_PASS) {
      command.wipe();
      reply(OwnReply.USER_FIRST);
      return;
    }
    login.password(command);
    open();
  }

  private void open() {
    enter(LoginState.OPENING_UPSTREAM);
    effects.add(new LoginEffect.OpenUpstream(login.name().clone(), login.password()));
  }

  private void afterLogin(Command command) {
    if (startsOver(command)) {
      effects.add(new LoginEffect.CloseUpstream());
      enter(LoginState.AWAIT_USER);
      beforeLogin(command);
    } else {
      effects.add(new LoginEffect.Forward(command));
    }
  }

  /**
   * Whether the upstream that stands is not for what this command begins: another user is another
   * SSH identity, and perhaps another destination, and a fallback to plaintext that was a verdict
   * on one login says nothing about the next. Whatever was sent before it has to be answered first.
   */
  public boolean startsOver(Command command) {
    if (state != LoginState.LOGGED_IN) {
      return false;
    }
    return switch (command.verb()) {
      case "USER" -> userAtHost || !servesToo(command.argument());
      case "REIN" -> serves == Serves.ONE_LOGIN;
      default -> false;
    };
  }

  private boolean servesToo(byte[] user) {
    return switch (serves) {
      case ONE_IDENTITY -> Arrays.equals(user, login.name());
      case ONE_LOGIN -> false;
      case ANY_LOGIN -> true;
    };
  }

  private void opened(Serves nowServes) {
    if (state != LoginState.OPENING_UPSTREAM) {
      illegal("UpstreamOpened");
      return;
    }
    serves = nowServes;
    replay = login.replay(recorded);
    enter(LoginState.REPLAYING_LOGIN);
  }

  private void replied(Reply reply) {
    if (state != LoginState.REPLAYING_LOGIN || replay == null) {
      illegal("Replied");
      return;
    }
    LoginReplay.Step step = replay.on(reply);
    if (step instanceof LoginReplay.Step.Send send) {
      effects.add(new LoginEffect.ToServer(send.line()));
    } else if (step instanceof LoginReplay.Step.Answer answer) {
      finalReply(answer.reply(), answer.greeting());
    }
  }

  /** The reply that the client has been waiting for. */
  private void finalReply(Reply reply, boolean greeting) {
    boolean tunnelled = serves == Serves.ONE_IDENTITY;
    effects.add(new LoginEffect.ToClient(tunnelled ? reply.harmlessLines() : reply.lines()));
    if (reply.code() == 421 || (greeting && reply.negative())) {
      refuse();
    } else if (reply.negative() && serves != Serves.ANY_LOGIN) {
      effects.add(new LoginEffect.CloseUpstream());
      awaitAnotherUser();
    } else {
      login.forgetSecrets();
      enter(LoginState.LOGGED_IN);
    }
  }

  private void refused(String text) {
    if (state != LoginState.DECIDING && state != LoginState.OPENING_UPSTREAM) {
      illegal("Refused");
      return;
    }
    effects.add(new LoginEffect.ToClient(OwnReply.of(530, text)));
    awaitAnotherUser();
  }

  private void upstreamFailed(int code, String text) {
    if (state != LoginState.OPENING_UPSTREAM && state != LoginState.REPLAYING_LOGIN) {
      illegal("UpstreamFailed");
      return;
    }
    effects.add(new LoginEffect.ToClient(OwnReply.of(code, text)));
    refuse();
  }

  private void awaitAnotherUser() {
    login.forget();
    enter(LoginState.AWAIT_USER);
  }

  private void refuse() {
    enter(LoginState.REFUSED);
    effects.add(new LoginEffect.Close());
    close();
  }

  private void reply(String line) {
    effects.add(new LoginEffect.ToClient(OwnReply.line(line)));
  }

  private void illegal(String event) {
    log.debug("FTP login: {} means nothing in {}", event, state);
  }

  private void enter(LoginState next) {
    log.debug("FTP login: {} -> {}", state, next);
    state = next;
  }
}
