package culvert.ssh.mina.channel;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How much an SSH server may send in a channel before its reader has taken it (RFC 4254 section
 * 5.2). A window bounds what comes in one round trip, so it grows with what the line carries: to
 * {@link #ORDINARY_BYTES} as soon as the reader keeps up, and then twofold whenever the reader has
 * taken more than half of it in one round trip, as the kernel's windows do for TCP. It never
 * shrinks: SSH has no word for that. No I/O; confined to its channel's event loop.
 */
public final class ReceiveWindow {
  /** What a channel with data gets without any measuring. */
  public static final long ORDINARY_BYTES = 2 << 20;

  /** Credit goes back in steps, so that not every packet is answered by a WINDOW_ADJUST. */
  private static final long LARGEST_STEP_BYTES = 512 * 1024;

  /** Of many channels on one line each has bursts: what counts is what it takes on average. */
  private static final long LEAST_MEASURED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long NOTHING = Long.MAX_VALUE;

  private final Room room;
  private final RoundTrip roundTrip;
  private final LongSupplier nanoTime;

  private long bytes;
  private long granted; // this and what follows: ever
  private long received;
  private long taken;
  private long returned;

  private long askedAt;
  private boolean asked;

  /** What can only come when the server has seen the credit that was given at that time. */
  private long awaited = NOTHING;

  private long awaitedSince;

  private long measuredSince;
  private long takenBefore;

  /** Where the window's bytes come from. */
  public interface Room {

    /** What the channel has to begin with, at most {@link #limitBytes}. */
    long startBytes();

    /** How large it may become. */
    long limitBytes();

    /** Asks for a larger window; it stays as it is where the answer is false. */
    boolean grow(long toBytes);

    /** For who takes at once what comes. */
    static Room fixed(long bytes) {
      return new Room() {
        @Override
        public long startBytes() {
          return bytes;
        }

        @Override
        public long limitBytes() {
          return bytes;
        }

        @Override
        public boolean grow(long toBytes) {
          return false;
        }
      };
    }
  }

  /**
   * Makes a window as it is when its channel opens.
   *
   * @param roundTrip of the SSH connection
   * @param nanoTime as {@link System#nanoTime}
   */
  public ReceiveWindow(Room room, RoundTrip roundTrip, LongSupplier nanoTime) {
    this.room = room;
    this.roundTrip = roundTrip;
    this.nanoTime = nanoTime;
    this.bytes = room.startBytes();
    this.granted = bytes;
  }

  long bytes() {
    return bytes;
  }

  long limitBytes() {
    return room.limitBytes();
  }

  /** The server is asked for the channel. */
  void asked() {
    asked = true;
    askedAt = nanoTime.getAsLong();
  }

  /** The channel is open. */
  void opened() {
    measuredSince = nanoTime.getAsLong();
    if (asked) {
      roundTrip.answered(measuredSince - askedAt);
    }
  }

  void received(int length) {
    received += length;
    if (received > awaited) {
      awaited = NOTHING;
      roundTrip.atMost(nanoTime.getAsLong() - awaitedSince);
    }
  }

  /**
   * The reader has taken so much.
   *
   * @return the credit that is to be given now, 0 for none
   */
  long taken(int length) {
    taken += length;
    // What is held back must be well below the window, or the server would stop for want of it.
    if (taken - returned < Math.min(LARGEST_STEP_BYTES, bytes / 4)) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    long credit = taken - returned + growth(now);
    returned = taken;
    if (awaited == NOTHING) {
      awaited = granted;
      awaitedSince = now;
    }
    granted += credit;
    return credit;
  }

  private long growth(long now) {
    long before = bytes;
    long wanted = Math.min(room.limitBytes(), wanted(now));
    if (wanted > before && room.grow(wanted)) {
      bytes = wanted;
    }
    return bytes - before;
  }

  private long wanted(long now) {
    if (bytes < ORDINARY_BYTES) {
      boolean keepsUp = received - taken <= bytes / 2;
      return keepsUp ? ORDINARY_BYTES : bytes;
    }
    long elapsed = now - measuredSince;
    if (!roundTrip.isKnown() || elapsed < Math.max(roundTrip.nanos(), LEAST_MEASURED_NANOS)) {
      return bytes;
    }
    double inOneRoundTrip = (double) (taken - takenBefore) * roundTrip.nanos() / elapsed;
    measuredSince = now;
    takenBefore = taken;
    return inOneRoundTrip > bytes / 2.0 ? 2 * bytes : bytes;
  }
}
