package culvert.ssh.mina.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what servers may send before anyone takes it: each channel reserves its receive window
 * from a budget of the whole process and, when that is used up, gets a small one. Thread-safe.
 */
public final class WindowBudget {
  /** Four packets: slow, but never stuck. */
  private static final long SMALL_WINDOW_BYTES = 128 * 1024;

  private final long windowBytes;
  private final long budgetBytes;
  private long reservedBytes; // guarded by this
  private int channels; // guarded by this

  public WindowBudget(long windowBytes, long budgetBytes) {
    this.windowBytes = windowBytes;
    this.budgetBytes = budgetBytes;
  }

  /** One channel's part of the budget. Thread-safe. */
  final class Share {
    private final long bytes;
    private boolean reserved = true; // guarded by the budget

    private Share(long bytes) {
      this.bytes = bytes;
    }

    /** The channel's receive window. */
    long bytes() {
      return bytes;
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
    boolean fits = reservedBytes + windowBytes <= budgetBytes;
    long window = fits ? windowBytes : Math.min(windowBytes, SMALL_WINDOW_BYTES);
    reservedBytes += window;
    channels++;
    return new Share(window);
  }

  /** A full window, which is not reserved: for who takes at once what comes. */
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
