package culvert.proxy.door;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many connections there may be at once, in total and from one address. Thread-safe. */
public final class ConnectionLimits {
  private final int total;
  private final int perClient;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<InetAddress, Integer> openByClient = new ConcurrentHashMap<>();

  /**
   * @param perClient 0: no bound of its own
   */
  public ConnectionLimits(int total, int perClient) {
    this.total = total;
    this.perClient = perClient;
  }

  /** Counts one more connection, unless that is one too many. */
  public boolean tryAcquire(InetAddress client) {
    if (open.incrementAndGet() > total) {
      open.decrementAndGet();
      return false;
    }
    if (perClient > 0 && openByClient.merge(client, 1, Integer::sum) > perClient) {
      release(client);
      return false;
    }
    return true;
  }

  /** Once for each connection that was acquired. */
  public void release(InetAddress client) {
    open.decrementAndGet();
    if (perClient > 0) {
      openByClient.computeIfPresent(client, (address, count) -> count == 1 ? null : count - 1);
    }
  }

  public int open() {
    return open.get();
  }
}
