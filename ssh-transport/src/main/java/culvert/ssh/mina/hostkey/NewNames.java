package culvert.ssh.mina.hostkey;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How many new hosts each client has brought, and is about to bring: known_hosts grows by what
 * clients ask for, since one server can have any number of names. Thread-safe.
 */
final class NewNames {
  /** So many hosts for each client within {@link #PERIOD}. */
  static final int MAX_OF_CLIENT = 256;

  static final Duration PERIOD = Duration.ofDays(1);
  private static final int MAX_CLIENTS = 10_000;

  private final LongSupplier nanoTime;
  private final Map<Object, Count> counts = new LinkedHashMap<>(); // oldest first; guarded by this

  /** Of one client; guarded by the NewNames. */
  private static final class Count {
    private final long begun;
    private final Map<String, Underway> underway;
    private int brought;

    Count(long begun, Map<String, Underway> underway) {
      this.begun = begun;
      this.underway = underway;
    }
  }

  /** One new host of one client, while its connections log in; guarded by the NewNames. */
  private static final class Underway {
    private int connections;
    private boolean used;
  }

  NewNames(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A place that one connection has reserved for a host. Several of a client share it. */
  final class Reservation {
    private final Object client;
    private final String host;
    private final Underway underway;
    private boolean over; // guarded by the NewNames

    private Reservation(Object client, String host, Underway underway) {
      this.client = client;
      this.host = host;
      this.underway = underway;
    }

    /** The host is known from now on, thanks to the client; even if the connection is over. */
    void use() {
      synchronized (NewNames.this) {
        Count count = current(client);
        count.underway.remove(host, underway);
        if (!underway.used) {
          underway.used = true;
          count.brought++;
        }
      }
    }

    /** What was not used is free again. Idempotent. */
    void end() {
      synchronized (NewNames.this) {
        if (over) {
          return;
        }
        over = true;
        Count count = current(client);
        if (--underway.connections == 0) {
          count.underway.remove(host, underway);
        }
        if (count.brought == 0 && count.underway.isEmpty()) {
          counts.remove(client);
        }
      }
    }
  }

  /**
   * Has the client bring a host, if it may bring one more.
   *
   * @param host with its port, as known_hosts has it
   */
  synchronized Optional<Reservation> reserve(Object client, String host) {
    Count count = current(client);
    Underway underway = count.underway.get(host);
    if (underway == null) {
      if (count.brought + count.underway.size() >= MAX_OF_CLIENT) {
        return Optional.empty();
      }
      underway = new Underway();
      count.underway.put(host, underway);
    }
    underway.connections++;
    return Optional.of(new Reservation(client, host, underway));
  }

  private Count current(Object client) {
    assert Thread.holdsLock(this);
    long now = nanoTime.getAsLong();
    Count count = counts.get(client);
    if (count != null && now - count.begun < PERIOD.toNanos()) {
      return count;
    }
    counts.remove(client);
    Count fresh = new Count(now, count == null ? new HashMap<>() : count.underway);
    counts.put(client, fresh);
    makeRoom(client);
    return fresh;
  }

  private void makeRoom(Object forClient) {
    assert Thread.holdsLock(this);
    Iterator<Map.Entry<Object, Count>> oldestFirst = counts.entrySet().iterator();
    while (counts.size() > MAX_CLIENTS && oldestFirst.hasNext()) {
      Map.Entry<Object, Count> oldest = oldestFirst.next();
      if (oldest.getValue().underway.isEmpty() && !oldest.getKey().equals(forClient)) {
        oldestFirst.remove();
      }
    }
  }
}
