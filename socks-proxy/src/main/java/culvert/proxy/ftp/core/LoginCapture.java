package culvert.proxy.ftp.core;

import culvert.ssh.Password;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

  /** Commands that are answered here and told to the server later. */
  private static final int MAX_RECORDED = 16;

  /** Bytes that a client may send behind its PASS before it was answered. */
  private static final int MAX_HELD = 64 * 1024;

  private final LoginDepth depth;
  private final List<LoginEffect> effects = new ArrayList<>();
  private final List<Command> recorded = new ArrayList<>();
  private final Deque<Command> held = new ArrayDeque<>();
  private int heldBytes;
  private LoginState state = LoginState.AWAIT_USER;
  private byte[] user = {};
  private @Nullable Command userCommand;
  private @Nullable Command account;
  private @Nullable Password password;
  private @Nullable LoginReplay replay;
  private boolean tunnelled;

  public LoginCapture(LoginDepth depth) {
    this.depth = depth;
  }

  /** What a client that has just been connected is sent at once: servers speak first. */
  public static byte[] greeting() {
    return OwnReply.line(OwnReply.GREETING);
  }

  public LoginState state() {
    return state;
  }

  /** Takes one event; an event that has no meaning in the present state changes nothing. */
  public List<LoginEffect> on(LoginEvent event) {
    if (event instanceof LoginEvent.Sent sent) {
      sent(sent.command());
    } else if (event instanceof LoginEvent.UpstreamOpened opened) {
      opened(opened.tunnelled());
    } else if (event instanceof LoginEvent.SshLoginRefused refused) {
      sshLoginRefused(refused.text());
    } else if (event instanceof LoginEvent.UpstreamFailed failed) {
      upstreamFailed(failed.text());
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
    forgetLogin();
    held.forEach(Command::wipe);
    held.clear();
    recorded.clear();
    forgetAccount();
  }

  private void sent(Command command) {
    switch (state) {
      case AWAIT_USER, AWAIT_PASS -> beforeLogin(command);
      case OPENING_UPSTREAM, REPLAYING_LOGIN -> hold(command);
      case LOGGED_IN -> afterLogin(command);
      case REFUSED -> command.wipe();
    }
  }

  private void beforeLogin(Command command) {
    switch (command.verb()) {
      case "USER" -> user(command);
      case "PASS" -> pass(command);
      case "ACCT" -> {
        forgetAccount();
        account = command;
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
      case "AUTH", "ADAT", "PBSZ", "PROT" -> reply(OwnReply.NO_TLS);
      case "QUIT" -> {
        reply(OwnReply.GOODBYE);
        refuse();
      }
      default -> reply(OwnReply.PLEASE_LOG_IN);
    }
  }

  private void record(Command command, String reply) {
    boolean again = command.is("NOOP") && recorded.stream().anyMatch(r -> r.is("NOOP"));
    if (!again && recorded.size() == MAX_RECORDED) {
      reply("421 culvert: more than " + MAX_RECORDED + " commands before the login.");
      refuse();
      return;
    }
    if (!again) {
      recorded.add(command);
    }
    reply(reply);
  }

  private void user(Command command) {
    if (userCommand != null) {
      forgetAccount(); // it was the other user's
    }
    forgetLogin();
    userCommand = command;
    user = command.argument();
    if (depth == LoginDepth.USER) {
      open();
    } else {
      reply(OwnReply.PASSWORD_PLEASE);
      enter(LoginState.AWAIT_PASS);
    }
  }

  private void pass(Command command) {
    if (state != LoginState.AWAIT_PASS) {
      command.wipe();
      reply(OwnReply.USER_FIRST);
      return;
    }
    password = new Password(command.argument());
    command.wipe();
    open();
  }

  private void open() {
    enter(LoginState.OPENING_UPSTREAM);
    effects.add(new LoginEffect.OpenUpstream(user.clone(), Optional.ofNullable(password)));
  }

  private void hold(Command command) {
    heldBytes += command.length();
    held.add(command);
    if (heldBytes > MAX_HELD) {
      reply("421 culvert: more than " + MAX_HELD + " bytes sent behind the login.");
      refuse();
    }
  }

  /** Another user is another SSH identity: a tunnel serves the one that it was made for. */
  private void afterLogin(Command command) {
    if (command.is("USER") && tunnelled && !Arrays.equals(command.argument(), user)) {
      effects.add(new LoginEffect.CloseUpstream());
      enter(LoginState.AWAIT_USER);
      user(command);
    } else {
      effects.add(new LoginEffect.Forward(command));
    }
  }

  private void opened(boolean nowTunnelled) {
    Command name = userCommand;
    if (state != LoginState.OPENING_UPSTREAM || name == null) {
      illegal("UpstreamOpened");
      return;
    }
    tunnelled = nowTunnelled;
    replay =
        new LoginReplay(
            recorded, name, Optional.ofNullable(password), Optional.ofNullable(account));
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
    effects.add(new LoginEffect.ToClient(reply.raw()));
    if (reply.code() == 421 || (greeting && reply.negative())) {
      refuse();
    } else if (reply.negative() && tunnelled) {
      effects.add(new LoginEffect.CloseUpstream());
      awaitAnotherUser();
    } else {
      byte[] name = user;
      forgetLogin();
      forgetAccount();
      user = name;
      enter(LoginState.LOGGED_IN);
      release();
    }
  }

  private void sshLoginRefused(String text) {
    if (state != LoginState.OPENING_UPSTREAM) {
      illegal("SshLoginRefused");
      return;
    }
    effects.add(new LoginEffect.ToClient(OwnReply.of(530, text)));
    awaitAnotherUser();
  }

  private void upstreamFailed(String text) {
    if (state != LoginState.OPENING_UPSTREAM && state != LoginState.REPLAYING_LOGIN) {
      illegal("UpstreamFailed");
      return;
    }
    effects.add(new LoginEffect.ToClient(OwnReply.of(421, text)));
    refuse();
  }

  private void awaitAnotherUser() {
    forgetLogin();
    forgetAccount();
    enter(LoginState.AWAIT_USER);
    release();
  }

  private void refuse() {
    enter(LoginState.REFUSED);
    effects.add(new LoginEffect.Close());
    close();
  }

  /** What waited takes its turn, as if it had just been sent. */
  private void release() {
    List<Command> waiting = List.copyOf(held);
    held.clear();
    heldBytes = 0;
    waiting.forEach(this::sent);
  }

  private void forgetLogin() {
    if (password != null) {
      password.close();
      password = null;
    }
    userCommand = null;
    user = new byte[0];
    replay = null;
  }

  private void forgetAccount() {
    if (account != null) {
      account.wipe();
      account = null;
    }
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
