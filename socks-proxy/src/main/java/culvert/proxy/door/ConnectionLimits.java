package culvert.proxy.door;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How many connections there may be at once, in total and from one address. Thread-safe. */
public final class ConnectionLimits {
  private final int total;
  private final int perClient;
  private final Map<InetAddress, Integer> openByClient = new HashMap<>(); // guarded by this
  private int open; // guarded by this

  /**
   * @param perClient 0: no bound of its own
   */
  public ConnectionLimits(int total, int perClient) {
    this.total = total;
    this.perClient = perClient;
  }

  /** Counts one more connection, unless that is one too many. */
  public synchronized boolean tryAcquire(InetAddress client) {
    int ofClient = openByClient.getOrDefault(client, 0);
    if (open == total || (perClient > 0 && ofClient == perClient)) {
      return false;
    }
    open++;
    openByClient.put(client, ofClient + 1);
    return true;
  }

  /** Once for each connection that was acquired. */
  public synchronized void release(InetAddress client) {
    open--;
    openByClient.computeIfPresent(client, (address, count) -> count == 1 ? null : count - 1);
    notifyAll();
  }

  public synchronized int open() {
    return open;
  }

  /**
   * Waits until there is none, at most so long. Blocks.
   *
   * @return how many there still are
   */
  public synchronized int awaitNone(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (open > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
    return open;
  }
}
