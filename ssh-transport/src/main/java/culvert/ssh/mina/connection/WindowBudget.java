package culvert.ssh.mina.connection;

import culvert.ssh.mina.channel.ReceiveWindow;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what servers may send before anyone takes it: each channel reserves its receive window,
 * and what that grows by, from a budget of the whole process. Many idle channels must leave room
 * for those with data, and a few that need much for all the others; so beyond half of the budget
 * windows begin small, and beyond three quarters none becomes larger than an ordinary one.
 * Thread-safe.
 */
public final class WindowBudget {
  /** Four packets: slow, but never stuck. */
  private static final long SMALL_WINDOW_BYTES = 128 * 1024;

  /** Commands and replies need no more, and small files do not wait for the first credit. */
  private static final long START_WINDOW_BYTES = 512 * 1024;

  private final long windowBytes;
  private final long budgetBytes;
  private long reservedBytes; // guarded by this
  private int channels; // guarded by this

  /**
   * Makes a budget of which nothing is used.
   *
   * @param windowBytes how large one channel's window may become
   */
  public WindowBudget(long windowBytes, long budgetBytes) {
    this.windowBytes = windowBytes;
    this.budgetBytes = budgetBytes;
  }

  /** One channel's part of the budget. Thread-safe. */
  final class Share implements ReceiveWindow.Room {
    private final long startBytes;
    private long bytes; // guarded by the budget
    private boolean reserved = true; // guarded by the budget

    private Share(long startBytes) {
      this.startBytes = startBytes;
      this.bytes = startBytes;
    }

    @Override
    public long startBytes() {
      return startBytes;
    }

    @Override
    public long limitBytes() {
      return windowBytes;
    }

    @Override
    public boolean grow(long toBytes) {
      synchronized (WindowBudget.this) {
        long grown = reservedBytes + toBytes - bytes;
        boolean ordinary = toBytes <= ReceiveWindow.ORDINARY_BYTES;
        if (!reserved || grown > (ordinary ? budgetBytes : budgetBytes / 4 * 3)) {
          return false;
        }
        reservedBytes = grown;
        bytes = toBytes;
        return true;
      }
    }

    /** Of what the server sends in the channel nothing is kept any more. Idempotent. */
    void release() {
      synchronized (WindowBudget.this) {
        if (reserved) {
          reserved = false;
          reservedBytes -= bytes;
        }
      }
    }

    /** The channel is no more. Once. */
    void leave() {
      release();
      synchronized (WindowBudget.this) {
        channels--;
        WindowBudget.this.notifyAll();
      }
    }
  }

  /** For a new channel. */
  synchronized Share reserve() {
    boolean plenty = reservedBytes + START_WINDOW_BYTES <= budgetBytes / 2;
    long window = Math.min(windowBytes, plenty ? START_WINDOW_BYTES : SMALL_WINDOW_BYTES);
    reservedBytes += window;
    channels++;
    return new Share(window);
  }

  /** The largest window, which is not reserved: for who takes at once what comes. */
  long windowBytes() {
    return windowBytes;
  }

  synchronized long reservedBytes() {
    return reservedBytes;
  }

  /** Waits until no channel has a share, at most so long. */
  public synchronized void awaitUnused(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (channels > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }
}
