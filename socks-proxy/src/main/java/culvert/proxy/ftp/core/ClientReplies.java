package culvert.proxy.ftp.core;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the client is told: at most one final reply for each of its commands, in order, and, in a
 * tunnelled session, no announcement that is not ours. What the client would take for the answer to
 * an upload that has none yet is told behind that, and what comes behind a reply that is held back
 * waits, too.
 */
final class ClientReplies {
  /** Replies that nobody asked for, or that wait, before the server counts as out of step. */
  private static final int MAX_STRAY = 64;

  /** Lines that wait, before the client has to wait, too; as many again are out of step. */
  private static final int MANY_BEHIND = 512;

  /**
   * Something that the client is told.
   *
   * @param ends the code of the final reply that begins with it, if that must not be taken for the
   *     answer to an upload; 0: tell it
   */
  private record Turn(int ends, Runnable tell) {}

  private final boolean tunnelled;
  private final PendingReplies pending;
  private final Consumer<byte[]> client;
  private final Queue<Turn> behind = new ArrayDeque<>();
  private final ClientReading reading = new ClientReading();
  private int number; // of the client's newest command
  private boolean open; // a reply is being told
  private boolean preliminary; // so was the last that was told
  private boolean headless; // without its first line, the others would be replies of their own
  private boolean misleads; // the client would take it for the success of an upload
  private long owed;
  private boolean passiveOwed; // the client may take a reply for an announcement
  private int stray;
  private Pending.@Nullable Transfer held;
  private Optional<String> farewell = Optional.empty();

  /**
   * @param client is given what it is told, line by line
   */
  ClientReplies(
      boolean tunnelled, boolean greetingPending, PendingReplies pending, Consumer<byte[]> client) {
    this.tunnelled = tunnelled;
    this.pending = pending;
    this.client = client;
    this.owed = greetingPending ? 1 : 0;
  }

  boolean tunnelled() {
    return tunnelled;
  }

  /**
   * The client has sent a command, for which it has one final reply to come. Returns its number.
   */
  int owe(Command command) {
    reading.asks(++number, command);
    owed++;
    farewell = Optional.empty(); // the server has gone on
    return number;
  }

  /** The next reply, or a later one, is taken for the answer to PASV or EPSV. */
  void oweAnnouncement() {
    passiveOwed = true;
  }

  /** The client waits for no other replies any more. */
  void owesNoMoreThan(long waiting) {
    owed = Math.min(owed, waiting);
    if (tellsAtOnce()) {
      reading.goesOn(preliminary);
    }
  }

  long owed() {
    return owed;
  }

  /** A line of the server's that answers what the client has asked for. */
  void relay(ReplyLine line) {
    relay(line, 0);
  }

  /**
   * A line of the server's that answers what the client has asked for.
   *
   * @param upload the number of the upload that it is about; 0: of none
   */
  void relay(ReplyLine line, int upload) {
    countDown(line);
    if (upload > 0 && held == null) {
      told(line, upload); // what waits, waits for this
    } else {
      inTurn(new Turn(0, () -> told(line, upload)));
    }
  }

  /** The same of a command that was sent beside a transfer, which an upload may be. */
  void relayInOrder(ReplyLine line) {
    countDown(line);
    int ends = line.hasCode() && !line.preliminary() ? line.code() : 0;
    inTurn(new Turn(ends, () -> told(line, 0)));
  }

  private void countDown(ReplyLine line) {
    if (line.last() && !line.preliminary()) {
      owed--;
    }
  }

  private void told(ReplyLine line, int upload) {
    boolean first = !open;
    if (tunnelled && !line.hasCode()) {
      return; // some clients find a code in it, and none waits for it
    }
    preliminary = line.hasCode() && line.preliminary();
    if (first && line.hasCode()) {
      misleads = tunnelled && misleads(line, upload);
    }
    open = line.hasCode() && !line.last();
    boolean asked = passiveOwed;
    passiveOwed &= owed > 0 || reading.isBehind();
    if (misleads && line.hasCode()) {
      if (line.last()) {
        client.accept(OwnReply.line(OwnReply.UPLOAD_BROKEN));
      }
    } else if (tunnelled) {
      ClientLine.Place place = ClientLine.Place.of(first, line.last());
      Optional<byte[]> harmless = ClientLine.of(line.code(), line.raw(), place, asked);
      headless = !line.last() && (first ? harmless.isEmpty() : headless);
      harmless.filter(bytes -> !headless).ifPresent(client);
    } else {
      client.accept(line.raw());
    }
  }

  private boolean misleads(ReplyLine line, int upload) {
    if (line.preliminary()) {
      reading.begins();
      return false;
    }
    return reading.misleads(line.code(), upload);
  }

  /** The client has taken a reply for ended whose last line has not come. */
  void closeReply() {
    open = false;
    headless = false;
  }

  /** A final reply of our own. */
  void answer(byte[] reply) {
    owed--;
    inTurn(new Turn(0, () -> tellOwn(reply)));
  }

  private void tellOwn(byte[] reply) {
    passiveOwed &= owed > 0 || reading.isBehind();
    preliminary = false;
    boolean misleading = reading.misleads(ReplyLine.codeAt(reply, 0), 0) && tunnelled;
    client.accept(misleading ? OwnReply.line(OwnReply.UPLOAD_BROKEN) : reply);
  }

  /** The same behind the replies that the client still waits for. */
  void answerInTurn(String reply) {
    pending.add(new Pending.Local(OwnReply.line(reply)));
    answerDue();
  }

  /** Our own answers whose turn it is. */
  void answerDue() {
    pending.takeDue(this::answer);
  }

  void answer(Pending.Local local) {
    pending.clientTold();
    answer(local.reply);
  }

  /**
   * A reply, or in plaintext a line of one, that answers nothing that waits: the late reply to a
   * command for which the client waits no more, or nobody's.
   *
   * @return whether the client is told now
   */
  boolean relayStray(List<ReplyLine> reply, long waiting) {
    boolean told = !tunnelled || owed > waiting;
    ReplyLine last = reply.get(reply.size() - 1);
    if (told) {
      reply.forEach(this::relay);
    } else if (last.last()) {
      farewell = last.code() == 421 ? Optional.of(last.words()) : farewell;
      stray++;
    }
    return told && tellsAtOnce();
  }

  /** Whether so much waits that the client should not ask for more. */
  boolean manyBehind() {
    return behind.size() > MANY_BEHIND;
  }

  /** Whether the server says what no client could make sense of. */
  boolean outOfStep() {
    return stray > MAX_STRAY || reading.isLost() || behind.size() > 2 * MANY_BEHIND;
  }

  /** The server has hung up: what it said last was its reason. */
  void serverEnded() {
    farewell.map(OwnReply::line).ifPresent(client);
    farewell = Optional.empty();
  }

  /** The answer to an upload is held back, and everything behind it. */
  void hold(Pending.Transfer upload) {
    held = upload;
  }

  Optional<Pending.Transfer> held() {
    return Optional.ofNullable(held);
  }

  /** What is held back has been decided about. */
  void release(Runnable answer) {
    held = null;
    Queue<Turn> later = new ArrayDeque<>(behind);
    behind.clear();
    answer.run();
    later.forEach(this::inTurn);
  }

  /** An upload has its answer, and what would have been taken for that may follow. */
  void answerUpload(Runnable answer) {
    if (held == null) {
      release(answer);
    } else {
      answer.run();
    }
  }

  private void inTurn(Turn turn) {
    if (tellsAtOnce() && !isForOpenUpload(turn)) {
      turn.tell.run();
    } else {
      behind.add(turn);
    }
  }

  private boolean tellsAtOnce() {
    return held == null && behind.isEmpty();
  }

  /** Whether the client would take it for the answer to an upload, which is still to come. */
  private boolean isForOpenUpload(Turn turn) {
    int upload = tunnelled && !open && turn.ends > 0 ? reading.upload(turn.ends) : 0;
    return upload > 0
        && pending.all(Pending.Transfer.class).anyMatch(transfer -> transfer.number == upload);
  }
}
