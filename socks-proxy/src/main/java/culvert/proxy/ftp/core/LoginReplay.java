package culvert.proxy.ftp.core;

import culvert.ssh.Password;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

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
      case COURTESY -> next();
      case HOST -> reply.code() == 504 ? answer(reply) : next();
      case USER -> afterUser(reply);
      case PASS -> reply.code() == 332 ? sendAccount(reply) : answer(reply);
      case ACCT -> answer(reply);
    };
  }

  private Step next() {
    Command command = recorded.poll();
    if (command == null) {
      asked = Asked.USER;
      return new Step.Send(user.bytes());
    }
    asked = command.is("HOST") ? Asked.HOST : Asked.COURTESY;
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
