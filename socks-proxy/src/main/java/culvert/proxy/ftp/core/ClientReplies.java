package culvert.proxy.ftp.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the client is told: at most one final reply for each of its commands, in order, and, in a
 * tunnelled session, no announcement that is not ours. What comes behind a reply that is held back
 * waits, too.
 */
final class ClientReplies {
  /** Replies that nobody asked for, or that wait, before the server counts as out of step. */
  private static final int MAX_STRAY = 64;

  private final boolean tunnelled;
  private final PendingReplies pending;
  private final Consumer<byte[]> client;
  private final Queue<byte[]> behind = new ArrayDeque<>();
  private long owed;
  private int stray;
  private Pending.@Nullable Transfer held;
  private final List<byte[]> farewell = new ArrayList<>();

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

  /** The client has sent a command, for which it has one final reply to come. */
  void owe() {
    owed++;
    farewell.clear(); // the server has gone on
  }

  long owed() {
    return owed;
  }

  /** A line of the server's that answers what the client has asked for. */
  void relay(ReplyLine line) {
    boolean ends = line.last() && !line.preliminary();
    if (ends) {
      owed--;
    }
    Optional<byte[]> bytes =
        tunnelled ? AnnouncingLine.harmless(line.raw(), line.last()) : Optional.of(line.raw());
    bytes.ifPresent(this::tell);
  }

  /** A final reply of our own. */
  void answer(byte[] reply) {
    owed--;
    tell(reply);
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
   * A line that answers nothing that waits: the late reply to a command for which the client waits
   * no more, or nobody's.
   */
  void relayStray(ReplyLine line, long waiting) {
    if (!tunnelled || owed > waiting) {
      relay(line);
    } else if (line.code() == 421) {
      farewell.add(line.raw());
    } else if (line.last()) {
      stray++;
    }
  }

  /** Whether the server says what no client could make sense of. */
  boolean outOfStep() {
    return stray > MAX_STRAY || behind.size() > MAX_STRAY * 16;
  }

  /** The server has hung up: what it said last was its reason. */
  void serverEnded() {
    farewell.forEach(client);
    farewell.clear();
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
    Queue<byte[]> later = new ArrayDeque<>(behind);
    behind.clear();
    answer.run();
    later.forEach(this::tell);
  }

  private void tell(byte[] bytes) {
    if (held == null) {
      client.accept(bytes);
    } else {
      behind.add(bytes);
    }
  }
}
