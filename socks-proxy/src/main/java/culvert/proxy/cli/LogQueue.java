package culvert.proxy.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lines of the log that wait to be written, bounded by what they take in memory. Thread-safe; only
 * {@link #take} waits.
 */
final class LogQueue {
  private static final int OVERHEAD = 64; // of a line, beside its bytes

  private final Deque<Taken> entries = new ArrayDeque<>(); // guarded by this
  private final long mostBytes;
  private long bytes; // guarded by this
  private long dropped; // guarded by this
  private boolean writing; // guarded by this
  private boolean closed; // guarded by this

  /**
   * What is to be written.
   *
   * @param missing so many lines did not fit here
   * @param line null: only that
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Taken(long missing, byte @Nullable [] line) {}

  /**
   * @param mostBytes that may wait
   */
  LogQueue(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** The line will be written, or counted as dropped. */
  synchronized void put(byte[] line) {
    if (closed) {
      dropped++;
    } else if (bytes + line.length + OVERHEAD > mostBytes) {
      miss();
    } else {
      bytes += line.length + OVERHEAD;
      entries.add(new Taken(0, line));
      notifyAll();
    }
  }

  private void miss() {
    dropped++;
    @Nullable Taken last = entries.peekLast();
    long before = last != null && last.line == null ? entries.removeLast().missing : 0;
    entries.add(new Taken(before + 1, null));
    notifyAll();
  }

  /** Lines that were taken and could not be written. */
  synchronized void lost(long lines) {
    dropped += lines;
  }

  /** Lines that nobody will read, since the start. */
  synchronized long dropped() {
    return dropped;
  }

  /** Waits for the next line. What was taken before counts as written now. Null: it is closed. */
  synchronized @Nullable Taken take() throws InterruptedException {
    writing = false;
    notifyAll();
    while (entries.isEmpty()) {
      if (closed) {
        return null;
      }
      wait();
    }
    writing = true;
    Taken next = entries.remove();
    if (next.line != null) {
      bytes -= next.line.length + OVERHEAD;
    }
    return next;
  }

  /** Takes no more lines, and waits until those that are there were written, at most so long. */
  synchronized void close(long patienceNanos) throws InterruptedException {
    closed = true;
    notifyAll();
    long deadline = System.nanoTime() + patienceNanos;
    for (long left = patienceNanos;
        left > 0 && (writing || !entries.isEmpty());
        left = deadline - System.nanoTime()) {
      wait(left / 1_000_000 + 1);
    }
  }
}
