package culvert.bench.rig;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bytes on a long line: each comes out a while after it went in, in their order. No I/O and no
 * clock; to be guarded by who uses it.
 */
final class DelayLine {
  /** When nothing is on the line. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int MAX_PIECES = 1 << 16;

  /** Bytes that went in together; the one that ends the line has none. */
  private record Piece(int bytes, long dueNanos) {}

  private final ByteBuffer ring;
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private long in; // bytes that went in, ever
  private long out;
  private int outOfFirst; // how much of the first piece is out
  private boolean ending;

  /**
   * @param capacity in bytes; what it carries at once at most
   */
  DelayLine(int capacity) {
    ring = ByteBuffer.allocateDirect(capacity);
  }

  /** Where to put what goes in next; without room while the line is full. */
  ByteBuffer room() {
    boolean full = in - out == ring.capacity() || pieces.size() == MAX_PIECES;
    int start = position(in);
    int end = full ? start : Math.min(ring.capacity(), start + ring.capacity() - (int) (in - out));
    return ring.slice(start, end - start);
  }

  /**
   * So many bytes were put at the beginning of {@link #room}.
   *
   * @param dueNanos when they come out; not before those that are on the line
   */
  void entered(int bytes, long dueNanos) {
    in += bytes;
    add(new Piece(bytes, dueNanos));
  }

  /** Nothing will follow. */
  void end(long dueNanos) {
    ending = true;
    add(new Piece(0, dueNanos));
  }

  private void add(Piece piece) {
    Piece last = pieces.peekLast();
    pieces.add(
        last == null || last.dueNanos() <= piece.dueNanos()
            ? piece
            : new Piece(piece.bytes(), last.dueNanos()));
  }

  /** How many bytes are on it. */
  long carried() {
    return in - out;
  }

  /** When the next byte, or the end, comes out; {@link #NEVER} while there is none. */
  long dueNanos() {
    return pieces.isEmpty() ? NEVER : pieces.element().dueNanos();
  }

  /** What is out by now, as far as it lies in one piece; nothing where only the end is. */
  ByteBuffer arrived(long nowNanos) {
    long bytes = -outOfFirst;
    for (Piece piece : pieces) {
      if (piece.dueNanos() > nowNanos) {
        break;
      }
      bytes += piece.bytes();
    }
    int start = position(out);
    return ring.slice(start, (int) Math.max(0, Math.min(bytes, ring.capacity() - start)));
  }

  /** So many bytes of {@link #arrived} were taken. */
  void taken(int bytes) {
    out += bytes;
    int left = bytes;
    while (left > 0) {
      Piece first = pieces.element();
      int rest = first.bytes() - outOfFirst;
      if (left < rest) {
        outOfFirst += left;
        return;
      }
      left -= rest;
      outOfFirst = 0;
      pieces.remove();
    }
  }

  /** Whether all is out, and nothing will follow. */
  boolean ended(long nowNanos) {
    return ending && in == out && dueNanos() <= nowNanos;
  }

  private int position(long count) {
    return (int) (count % ring.capacity());
  }
}
