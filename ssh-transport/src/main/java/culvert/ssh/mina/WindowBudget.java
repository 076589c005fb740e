package culvert.ssh.mina;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what servers may send before anyone takes it: each channel reserves its receive window
 * from a budget of the whole process and, when that is used up, gets a small one. Thread-safe.
 */
final class WindowBudget {
  /** Four packets: slow, but never stuck. */
  private static final long SMALL_WINDOW_BYTES = 128 * 1024;

  private final long windowBytes;
  private final long budgetBytes;
  private final AtomicLong reservedBytes = new AtomicLong();

  WindowBudget(long windowBytes, long budgetBytes) {
    this.windowBytes = windowBytes;
    this.budgetBytes = budgetBytes;
  }

  /** The window of a new channel; give it back with {@link #release}. */
  long reserve() {
    long reserved = reservedBytes.addAndGet(windowBytes);
    if (reserved <= budgetBytes || windowBytes <= SMALL_WINDOW_BYTES) {
      return windowBytes;
    }
    reservedBytes.addAndGet(SMALL_WINDOW_BYTES - windowBytes);
    return SMALL_WINDOW_BYTES;
  }

  void release(long window) {
    reservedBytes.addAndGet(-window);
  }

  long reservedBytes() {
    return reservedBytes.get();
  }
}
