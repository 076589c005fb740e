package culvert.proxy.ftp.core;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client in active mode: where it listens, how far the server has been told, and the transfer
 * that waits for its data connection. The session chooses between two ways:
 *
 * <ul>
 *   <li>to convert: the server is asked to listen itself, and both are connected from here.
 *   <li>to rename: the server is told another address, at which the session waits for it.
 * </ul>
 *
 * <p>Either way the client is connected before the server hears of the transfer, which may create a
 * file.
 *
 * <p>A transfer without a PORT of its own takes that of the last one, for which the server is asked
 * or told once more; a REST before it is told once more, too, since servers forget it meanwhile.
 */
final class ActiveDialogue {

  private enum State {
    /** Passive mode. */
    NONE,
    /** The session decides how the client is reached. */
    ASKED,
    /** Our own EPSV or PASV waits for its reply. */
    PROBING,
    /** The PORT that we made of the client's waits for its reply. */
    RENAMING,
    /** The server is told once more where the next transfer is to begin. */
    RESTARTING,
    /** The server listens, and nobody has come yet. */
    SERVER_LISTENS,
    /** The server knows where to connect to, and has not done so yet. */
    RENAMED,
    /** The session makes the data connection. */
    OPENING,
    /** A transfer has taken what there was: the next one begins anew. */
    SPENT
  }

  private static final int NOT_LOGGED_IN = 530;

  private final ActiveLine line;
  private State state = State.NONE;
  private int request; // of what the session has been asked last
  private PortCommand.@Nullable Target target;
  private ActiveLine.@Nullable Transfer held;
  private Deque<InetSocketAddress> otherNames = new ArrayDeque<>();
  private Optional<PassiveReply> server = Optional.empty();
  private boolean renames;
  private boolean epsvOnly;

  ActiveDialogue(ActiveLine line) {
    this.line = line;
  }

  /** Whether the client's commands have to wait. */
  boolean waiting() {
    return switch (state) {
      case ASKED, PROBING, OPENING, RENAMING, RESTARTING -> true;
      case NONE, SERVER_LISTENS, RENAMED, SPENT -> false;
    };
  }

  /** Whether a transfer that the client sends now is one of active mode. */
  boolean on() {
    return state != State.NONE;
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

  /** A transfer while active mode is {@link #on}. */
  void transfer(ActiveLine.Transfer transfer) {
    switch (state) {
      case SERVER_LISTENS, RENAMED -> open(transfer);
      case SPENT -> ask(transfer);
      default -> throw unexpected(State.SPENT);
    }
  }

  /** The client's commands wait no longer: the PORT or the transfer has failed. */
  void giveUp(String why) {
    if (waiting()) {
      line.abandonOwn();
      line.effect(held == null ? new ControlEffect.ActiveEnded() : new ControlEffect.DataGivenUp());
      fail("425 culvert: " + OwnReply.printable(why));
    }
  }

  /** What has not come, for a message. */
  String waitsFor() {
    return switch (state) {
      case ASKED -> "no remote forward";
      case PROBING -> "the FTP server has answered neither EPSV nor PASV";
      case RENAMING -> "the FTP server has not answered PORT";
      case RESTARTING -> "the FTP server has not answered REST";
      default -> "no data connection";
    };
  }

  /** Whether it is the FTP server that has to answer first. */
  boolean waitsForServer() {
    return state == State.PROBING || state == State.RENAMING || state == State.RESTARTING;
  }

  /**
   * The server is ready for a transfer.
   *
   * @param answer to the client's PORT, if it was that
   */
  private void ready(String answer) {
    if (held == null) {
      line.answer(answer);
    } else if (held.restart().isPresent()) {
      state = State.RESTARTING;
      line.sendOwn(Pending.Own.Kind.REST, held.restart().get());
    } else {
      open(held);
    }
  }

  private void open(ActiveLine.Transfer transfer) {
    held = transfer;
    state = State.OPENING;
    request = line.nextRequest();
    line.effect(new ControlEffect.OpenData(request, server));
  }

  private void ask(ActiveLine.@Nullable Transfer transfer) {
    held = transfer;
    state = State.ASKED;
    request = line.nextRequest();
    line.effect(new ControlEffect.Active(request, target(), transfer != null));
  }

  // The session

  /** Takes an answer; one that comes too late changes nothing. */
  void on(ControlEvent.OfActiveMode event) {
    if (event instanceof ControlEvent.Convert convert) {
      if (isAnswer(convert.request(), State.ASKED)) {
        renames = false;
        state = State.PROBING;
        line.sendOwn(Pending.Own.Kind.EPSV, OwnReply.line("EPSV"));
      }
    } else if (event instanceof ControlEvent.Rename rename) {
      if (isAnswer(rename.request(), State.ASKED)) {
        renames = true;
        state = State.RENAMING;
        otherNames = new ArrayDeque<>(rename.addresses());
        tryName(otherNames.remove());
      }
    } else if (event instanceof ControlEvent.Refuse refuse) {
      if (isAnswer(refuse.request(), State.ASKED)) {
        refused(refuse.reply());
      }
    } else if (event instanceof ControlEvent.Opened opened) {
      if (isAnswer(opened.request(), State.OPENING)) {
        opened();
      }
    } else if (event instanceof ControlEvent.NotOpened notOpened) {
      if (isAnswer(notOpened.request(), State.OPENING)) {
        fail("425 culvert: " + OwnReply.printable(notOpened.why()));
      }
    } else if (event instanceof ControlEvent.GiveUp giveUp) {
      giveUp(giveUp.why());
    }
  }

  private void tryName(InetSocketAddress address) {
    line.sendOwn(Pending.Own.Kind.PORT, target().renamed(address));
  }

  private void opened() {
    ActiveLine.Transfer transfer = Objects.requireNonNull(held, "no transfer");
    state = State.SPENT;
    held = null;
    line.send(transfer, request, renames);
  }

  /** What was never asked is a defect, what was asked once may have been given up since. */
  private boolean isAnswer(int answered, State expected) {
    if (answered > request) {
      throw new IllegalStateException(
          "active mode: answer to request %d (expected: at most %d)".formatted(answered, request));
    }
    return answered == request && state == expected;
  }

  // The server

  /** The final line of the reply to a command of our own. */
  void answered(Pending.Own.Kind kind, ReplyLine reply) {
    switch (kind) {
      case EPSV, PASV -> probed(kind, reply);
      case PORT -> renamed(reply);
      case REST -> restarted(reply);
    }
  }

  private void probed(Pending.Own.Kind kind, ReplyLine reply) {
    PassiveReply found = PassiveReply.parse(reply.code(), reply.text()).orElse(null);
    if (found != null && found.portAllowed()) {
      server = Optional.of(found);
      state = State.SERVER_LISTENS;
      ready(target().successful());
    } else if (found != null) {
      refused(found.refusal());
    } else if (kind == Pending.Own.Kind.EPSV && reply.code() >= 500 && mayTryPasv(reply)) {
      line.sendOwn(Pending.Own.Kind.PASV, OwnReply.line("PASV"));
    } else if (reply.code() == NOT_LOGGED_IN) {
      refused(reply.words());
    } else {
      refused("425 culvert: the FTP server offers no passive mode: " + reply);
    }
  }

  private boolean mayTryPasv(ReplyLine reply) {
    return !epsvOnly && reply.code() != NOT_LOGGED_IN;
  }

  private void renamed(ReplyLine reply) {
    if (reply.positive()) {
      server = Optional.empty();
      state = State.RENAMED;
      boolean usual = reply.code() == 200; // another might be read as an announcement
      ready(usual ? reply.words() : target().successful());
    } else if (reply.code() >= 500 && !otherNames.isEmpty()) {
      tryName(otherNames.remove());
    } else {
      boolean ofPort = held == null;
      line.effect(ofPort ? new ControlEffect.ActiveEnded() : new ControlEffect.DataGivenUp());
      boolean told = ofPort && reply.negative();
      fail(told ? reply.words() : "425 culvert: the FTP server refuses PORT now: " + reply);
    }
  }

  private void restarted(ReplyLine reply) {
    if (reply.code() >= 300 && reply.code() < 400) {
      open(Objects.requireNonNull(held, "no transfer"));
    } else {
      line.effect(new ControlEffect.DataGivenUp());
      fail("425 culvert: the FTP server refuses REST now: " + reply);
    }
  }

  private void refused(String reply) {
    boolean ofPort = held == null;
    fail(reply);
    if (ofPort) {
      line.effect(new ControlEffect.ActiveEnded());
    }
  }

  private void fail(String reply) {
    state = held == null ? State.NONE : State.SPENT;
    held = null;
    line.answer(reply);
  }

  private PortCommand.Target target() {
    return Objects.requireNonNull(target, "no PORT");
  }

  private IllegalStateException unexpected(State expected) {
    return new IllegalStateException("active mode: " + state + " (expected: " + expected + ")");
  }
}
