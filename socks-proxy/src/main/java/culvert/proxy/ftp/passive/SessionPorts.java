package culvert.proxy.ftp.passive;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ports of one session in the table, a bounded number of them. Guarded by the table's lock. */
final class SessionPorts {
  /** What is released is still under the net. */
  static final int MAX = 256;

  private final ExpectedDataConnections table;
  private final Map<Integer, AnnouncedPort> ports = new LinkedHashMap<>(); // oldest first

  SessionPorts(ExpectedDataConnections table) {
    this.table = table;
  }

  void add(AnnouncedPort announced) {
    assert Thread.holdsLock(table);
    at(announced.port()).ifPresent(this::release);
    if (ports.size() >= MAX) {
      release(leastNeeded());
    }
    ports.put(announced.port(), announced);
    table.add(announced);
  }

  private AnnouncedPort leastNeeded() {
    Iterator<AnnouncedPort> oldestFirst = ports.values().iterator();
    AnnouncedPort oldest = oldestFirst.next();
    for (AnnouncedPort next = oldest; ; next = oldestFirst.next()) {
      if (next.taker(table.now()) == null) {
        return next;
      }
      if (!oldestFirst.hasNext()) {
        return oldest;
      }
    }
  }

  void release(AnnouncedPort port) {
    assert Thread.holdsLock(table);
    ports.remove(port.port());
    table.remove(port);
  }

  /** As it is now. */
  List<AnnouncedPort> all() {
    return List.copyOf(ports.values());
  }

  Optional<AnnouncedPort> at(int port) {
    return Optional.ofNullable(ports.get(port));
  }

  boolean isEmpty() {
    return ports.isEmpty();
  }
}
