package culvert.ssh.mina.hostkey;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many new names each client has brought: known_hosts grows by what clients ask for, since one
 * server can have any number of names. Thread-safe.
 */
final class NewNames {
  /** So many for each client within {@link #PERIOD}. */
  static final int MAX_OF_CLIENT = 256;

  static final Duration PERIOD = Duration.ofDays(1);
  private static final int MAX_CLIENTS = 10_000;

  private final LongSupplier nanoTime;
  private final Map<Object, Count> counts = new LinkedHashMap<>(); // oldest first; guarded by this

  private record Count(long begun, int names) {}

  NewNames(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether the client may bring one more. */
  synchronized boolean hasRoom(Object client) {
    return current(client).names() < MAX_OF_CLIENT;
  }

  /** The client has brought so many. */
  synchronized void add(Object client, int names) {
    Count before = current(client);
    if (counts.put(client, new Count(before.begun(), before.names() + names)) == null
        && counts.size() > MAX_CLIENTS) {
      Iterator<Object> oldestFirst = counts.keySet().iterator();
      oldestFirst.next();
      oldestFirst.remove();
    }
  }

  private Count current(Object client) {
    assert Thread.holdsLock(this);
    long now = nanoTime.getAsLong();
    Count count = counts.get(client);
    if (count != null && now - count.begun() < PERIOD.toNanos()) {
      return count;
    }
    counts.remove(client);
    return new Count(now, 0);
  }
}
