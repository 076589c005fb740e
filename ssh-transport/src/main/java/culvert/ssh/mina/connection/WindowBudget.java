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

  public WindowBudget(long windowBytes, long budgetBytes) {
    this.windowBytes = windowBytes;
    this.budgetBytes = budgetBytes;
  }

  /** The window of a new channel; give it back with {@link #release}. */
  synchronized long reserve() {
    boolean fits = reservedBytes + windowBytes <= budgetBytes;
    long window = fits ? windowBytes : Math.min(windowBytes, SMALL_WINDOW_BYTES);
    reservedBytes += window;
    return window;
  }

  /** A full window, which is not reserved: for who takes at once what comes. */
  long windowBytes() {
    return windowBytes;
  }

  synchronized void release(long window) {
    reservedBytes -= window;
    notifyAll();
  }

  synchronized long reservedBytes() {
    return reservedBytes;
  }

  /** Waits until no channel is open, at most so long. */
  public synchronized void awaitUnused(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (reservedBytes > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }
}
