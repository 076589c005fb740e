package culvert.proxy.ftp.core;

import culvert.ssh.Password;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells the server what the client told us, one command after the other's reply. */
final class LoginReplay {

  /** What comes next. */
  sealed interface Step {

    /** A line for the server. */
    @SuppressWarnings("ArrayRecordComponent")
    record Send(byte[] line) implements Step {}

    /**
     * The reply for the client, which ends the replay.
     *
     * @param greeting whether the server refused before it heard a command
     */
    record Answer(Reply reply, boolean greeting) implements Step {}

    /** Another reply is to come. */
    record Wait() implements Step {}
  }

  private static final int GREETING = 220;
  private static final int NO_SUCH_HOST = 504;
  private static final Set<Integer> ANSWERS_TO_USER = Set.of(230, 232, 331, 332, 336);

  private enum Asked {
    GREETING,
    /** OPTS, CLNT, NOOP: the client has its answer, whatever the server thinks of it. */
    COURTESY,
    HOST,
    USER,
    PASS,
    ACCT
  }

  private final Deque<Command> recorded;
  private final Command user;
  private final Optional<Password> password;
  private final Optional<Command> account;
  private Asked asked = Asked.GREETING;
  private int courtesiesOwed; // answers that are still to come: a greeting was taken for them
  private boolean hostSent;
  private boolean hostOwed; // perhaps: its own answer looks like a greeting, too

  LoginReplay(
      List<Command> recorded,
      Command user,
      Optional<Password> password,
      Optional<Command> account) {
    this.recorded = new ArrayDeque<>(recorded);
    this.user = user;
    this.password = password;
    this.account = account;
  }

  Step on(Reply reply) {
    if (reply.preliminary()) {
      return new Step.Wait();
    }
    if (reply.code() == 421) {
      return new Step.Answer(reply, asked == Asked.GREETING);
    }
    return switch (asked) {
      case GREETING -> reply.negative() ? new Step.Answer(reply, true) : next();
      case COURTESY -> {
        courtesiesOwed += reply.code() == GREETING ? 1 : 0;
        yield next();
      }
      case HOST -> {
        hostOwed = reply.code() == GREETING;
        yield reply.code() == NO_SUCH_HOST ? answer(reply) : next();
      }
      case USER -> answersSomethingEarlier(reply.code()) ? new Step.Wait() : afterUser(reply);
      case PASS -> reply.code() == 332 ? sendAccount(reply) : answer(reply);
      case ACCT -> answer(reply);
    };
  }

  /**
   * Some servers greet in several one-line replies, where one of several lines would be right. Each
   * further one looks like the answer to what was asked meanwhile, and shifts those that follow.
   */
  private boolean answersSomethingEarlier(int code) {
    if (code == GREETING) {
      return true;
    }
    if (ANSWERS_TO_USER.contains(code) || (code == NO_SUCH_HOST && hostSent)) {
      return false;
    }
    if (hostOwed && (code == 500 || code == 502)) {
      hostOwed = false;
      return true;
    }
    return courtesiesOwed > 0 && courtesiesOwed-- > 0;
  }

  private Step next() {
    Command command = recorded.poll();
    if (command == null) {
      asked = Asked.USER;
      return new Step.Send(user.bytes());
    }
    asked = command.is("HOST") ? Asked.HOST : Asked.COURTESY;
    hostSent |= asked == Asked.HOST;
    return new Step.Send(command.bytes());
  }

  /** After anything but a wish for a password, none is sent. */
  private Step afterUser(Reply reply) {
    if (reply.code() == 332) {
      return sendAccount(reply);
    }
    boolean passwordWanted = reply.code() == 331 || reply.code() == 336;
    if (!passwordWanted || password.isEmpty()) {
      return answer(reply);
    }
    asked = Asked.PASS;
    return new Step.Send(passLine(password.get()));
  }

  private Step sendAccount(Reply reply) {
    if (account.isEmpty()) {
      return answer(reply);
    }
    asked = Asked.ACCT;
    return new Step.Send(account.get().bytes());
  }

  private static byte[] passLine(Password password) {
    byte[] argument = password.copy();
    byte[] line = new byte[5 + argument.length + 2];
    line[0] = 'P';
    line[1] = 'A';
    line[2] = 'S';
    line[3] = 'S';
    line[4] = ' ';
    System.arraycopy(argument, 0, line, 5, argument.length);
    line[line.length - 2] = '\r';
    line[line.length - 1] = '\n';
    Arrays.fill(argument, (byte) 0);
    return line;
  }

  private static Step answer(Reply reply) {
    return new Step.Answer(reply, false);
  }
}
