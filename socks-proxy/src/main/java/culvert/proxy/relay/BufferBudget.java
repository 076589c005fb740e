package culvert.proxy.relay;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes are in flight in the whole process: read from one channel and not yet written to
 * the other. Thread-safe.
 *
 * <p>The limit is soft, so that nothing ever waits for another connection: beyond it, a direction
 * reads only when it has nothing in flight itself.
 */
public final class BufferBudget {
  private final long limit;
  private final AtomicLong inFlight = new AtomicLong();

  /**
   * @param limit in bytes
   */
  public BufferBudget(long limit) {
    this.limit = limit;
  }

  public void acquire(long bytes) {
    inFlight.addAndGet(bytes);
  }

  public void release(long bytes) {
    inFlight.addAndGet(-bytes);
  }

  public boolean isExceeded() {
    return inFlight.get() >= limit;
  }

  /** In bytes. */
  public long inFlight() {
    return inFlight.get();
  }
}
