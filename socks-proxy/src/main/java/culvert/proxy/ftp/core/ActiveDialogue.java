package culvert.proxy.ftp.core;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client in active mode: where it listens, how far the server has been told, and the transfer
 * that waits for its data connection. The session chooses between two ways:
 *
 * <ul>
 *   <li>{@link #convert}: the server is asked to listen itself, and both are connected from here.
 *   <li>{@link #rename}: the server is told another address, at which the session waits for it.
 * </ul>
 *
 * <p>Either way the client is connected before the server hears of the transfer, which may create a
 * file.
 *
 * <p>A transfer without a PORT of its own takes that of the last one, for which the server is asked
 * or told once more.
 */
final class ActiveDialogue {

  private enum State {
    /** Passive mode. */
    NONE,
    /** The session decides how the client is reached. */
    ASKED,
    /** Our own EPSV or PASV waits for its reply. */
    PROBING,
    /** The server listens, and nobody has come yet. */
    SERVER_LISTENS,
    /** The session makes the data connection. */
    OPENING,
    /** The PORT that we made of the client's waits for its reply. */
    RENAMING,
    /** The server knows where to connect to, and has not done so yet. */
    RENAMED,
    /** A transfer has taken what there was: the next one begins anew. */
    SPENT
  }

  /** The control connection. */
  interface Line {
    /** Answers the client behind the replies that it still waits for. */
    void answer(String reply);

    /** Sends the server a command of our own. */
    void sendOwn(Pending.Kind kind, byte[] line);

    /**
     * Sends the server the client's transfer, whose reply the client gets.
     *
     * @param renamed whether the server connects to where we have told it
     */
    void send(Pending.Kind kind, byte[] line, boolean renamed);

    /** Replies to commands of our own so far mean nothing any more. */
    void abandonOwn();

    void effect(ControlEffect effect);
  }

  /** A transfer; file names are in every log, and not secret. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody either
  private record Transfer(Pending.Kind kind, byte[] line) {}

  private static final int NOT_LOGGED_IN = 530;

  private final Line line;
  private State state = State.NONE;
  private PortCommand.@Nullable Target target;
  private @Nullable Transfer held;
  private Deque<InetSocketAddress> otherNames = new ArrayDeque<>();
  private Optional<PassiveReply> server = Optional.empty();
  private boolean renames;
  private boolean epsvOnly;

  ActiveDialogue(Line line) {
    this.line = line;
  }

  /** Whether the client's commands have to wait. */
  boolean waiting() {
    return switch (state) {
      case ASKED, PROBING, OPENING, RENAMING -> true;
      case NONE, SERVER_LISTENS, RENAMED, SPENT -> false;
    };
  }

  // The client

  void port(Command command) {
    PortCommand parsed = PortCommand.parse(command);
    if (parsed instanceof PortCommand.Target named) {
      target = named;
      ask(null);
    } else {
      line.answer(((PortCommand.Malformed) parsed).reply());
    }
  }

  /** The client turns to passive mode. */
  void passive() {
    if (state != State.NONE) {
      state = State.NONE;
      target = null;
      line.effect(new ControlEffect.ActiveEnded());
    }
  }

  /** The server has agreed to an EPSV ALL: it takes neither PORT nor PASV any more. */
  void epsvAll() {
    epsvOnly = true;
  }

  void transfer(Pending.Kind kind, byte[] command) {
    switch (state) {
      case SERVER_LISTENS, RENAMED -> open(new Transfer(kind, command));
      case SPENT -> ask(new Transfer(kind, command));
      default -> line.send(kind, command, false);
    }
  }

  /** The client's commands wait no longer: the PORT or the transfer has failed. */
  void giveUp(String why) {
    if (waiting()) {
      line.abandonOwn();
      line.effect(held == null ? new ControlEffect.ActiveEnded() : new ControlEffect.DataGivenUp());
      String reply = "425 culvert: " + OwnReply.printable(why);
      state = held == null ? State.NONE : State.SPENT;
      held = null;
      line.answer(reply);
    }
  }

  /** What has not come, for a message. */
  String waitsFor() {
    return switch (state) {
      case ASKED -> "no remote forward";
      case PROBING -> "the FTP server has answered neither EPSV nor PASV";
      case RENAMING -> "the FTP server has not answered PORT";
      default -> "no data connection";
    };
  }

  /** Whether it is the FTP server that has to answer first. */
  boolean waitsForServer() {
    return state == State.PROBING || state == State.RENAMING;
  }

  private void open(Transfer transfer) {
    held = transfer;
    state = State.OPENING;
    line.effect(new ControlEffect.OpenData(server));
  }

  private void ask(@Nullable Transfer transfer) {
    held = transfer;
    state = State.ASKED;
    line.effect(new ControlEffect.Active(target(), transfer != null));
  }

  // The session

  void convert() {
    require(State.ASKED);
    renames = false;
    state = State.PROBING;
    line.sendOwn(Pending.Kind.OWN_EPSV, OwnReply.line("EPSV"));
  }

  void rename(List<InetSocketAddress> addresses) {
    require(State.ASKED);
    renames = true;
    state = State.RENAMING;
    otherNames = new ArrayDeque<>(addresses);
    tryName(otherNames.remove());
  }

  private void tryName(InetSocketAddress address) {
    line.sendOwn(Pending.Kind.RENAMED_PORT, target().renamed(address));
  }

  /**
   * @param reply for the client's PORT or transfer
   */
  void refuse(String reply) {
    require(State.ASKED);
    refused(reply);
  }

  void opened() {
    require(State.OPENING);
    Transfer transfer = Objects.requireNonNull(held, "no transfer");
    state = State.SPENT;
    held = null;
    line.send(transfer.kind(), transfer.line(), renames);
  }

  void notOpened(String why) {
    require(State.OPENING);
    state = State.SPENT;
    held = null;
    line.answer("425 culvert: " + OwnReply.printable(why));
  }

  // The server

  /** The final line of the reply to our own EPSV or PASV. */
  void probed(Pending.Kind kind, ReplyLine reply) {
    PassiveReply found = PassiveReply.parse(reply.code(), reply.text()).orElse(null);
    if (found != null && found.portAllowed()) {
      server = Optional.of(found);
      state = State.SERVER_LISTENS;
      if (held == null) {
        line.answer(target().successful());
      } else {
        open(held);
      }
    } else if (found != null) {
      refused(found.refusal());
    } else if (kind == Pending.Kind.OWN_EPSV && reply.code() >= 500 && mayTryPasv(reply)) {
      line.sendOwn(Pending.Kind.OWN_PASV, OwnReply.line("PASV"));
    } else if (reply.code() == NOT_LOGGED_IN) {
      refused(reply.toString());
    } else {
      refused("425 culvert: the FTP server offers no passive mode: " + reply);
    }
  }

  private boolean mayTryPasv(ReplyLine reply) {
    return !epsvOnly && reply.code() != NOT_LOGGED_IN;
  }

  /** The final line of the reply to a PORT that we made of the client's. */
  void renamed(ReplyLine reply) {
    if (reply.code() >= 200 && reply.code() < 300) {
      server = Optional.empty();
      state = State.RENAMED;
      if (held == null) {
        line.answer(reply.toString());
      } else {
        open(held);
      }
    } else if (reply.code() >= 500 && !otherNames.isEmpty()) {
      tryName(otherNames.remove());
    } else {
      boolean ofPort = held == null;
      state = ofPort ? State.NONE : State.SPENT;
      held = null;
      line.effect(ofPort ? new ControlEffect.ActiveEnded() : new ControlEffect.DataGivenUp());
      line.answer(
          ofPort ? reply.toString() : "425 culvert: the FTP server refuses PORT now: " + reply);
    }
  }

  private void refused(String reply) {
    boolean ofPort = held == null;
    state = ofPort ? State.NONE : State.SPENT;
    held = null;
    line.answer(reply);
    if (ofPort) {
      line.effect(new ControlEffect.ActiveEnded());
    }
  }

  private PortCommand.Target target() {
    return Objects.requireNonNull(target, "no PORT");
  }

  private void require(State expected) {
    if (state != expected) {
      throw new IllegalStateException("active mode: " + state + " (expected: " + expected + ")");
    }
  }
}
