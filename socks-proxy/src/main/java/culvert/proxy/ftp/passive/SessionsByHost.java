package culvert.proxy.ftp.passive;

import culvert.proxy.door.Client;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sessions by their client and by every name and address of their server, so that a question
 * about one client and one host costs the same however many others there are. Guarded by the
 * table's lock.
 */
final class SessionsByHost {

  /**
   * @param host a name or an address, see {@link ServerNames#key}
   */
  private record Key(Object host, InetAddress client, Optional<String> user) {
    static Key of(Object host, SessionClient client) {
      return new Key(host, client.address(), client.user());
    }
  }

  /** Those of one client with one host. */
  private static final class Group {
    final Set<Announcements> attending = new LinkedHashSet<>();
    final Map<Integer, Integer> controlPorts = new HashMap<>(); // with their number of sessions
    int sessions;
    int tunnelled;
  }

  private final Map<Key, Group> groups = new HashMap<>();
  private final Map<Object, Set<Announcements>> unread = new HashMap<>(); // tunnelled, by host
  private long lastUnread;

  /** The session's server is known under one more name or address. */
  void add(Announcements session, Object host) {
    Group group = groups.computeIfAbsent(Key.of(host, session.client()), key -> new Group());
    group.sessions++;
    group.tunnelled += session.tunnelled() ? 1 : 0;
    session.controlPorts().forEach(port -> group.controlPorts.merge(port, 1, Integer::sum));
    attend(session, host, group);
  }

  /** The session waits for data, cannot be read, or does so no more. */
  void changed(Announcements session) {
    for (Object host : session.hosts()) {
      Group group = groups.get(Key.of(host, session.client()));
      if (group != null) {
        attend(session, host, group);
      }
    }
  }

  private void attend(Announcements session, Object host, Group group) {
    if (session.attends()) {
      group.attending.add(session);
    } else {
      group.attending.remove(session);
    }
    if (session.tunnelled() && session.isUnread()) {
      unread.computeIfAbsent(host, h -> new LinkedHashSet<>()).add(session);
    } else {
      unread.computeIfPresent(host, (h, all) -> all.remove(session) && all.isEmpty() ? null : all);
    }
  }

  /** The session is known no more; it attends to nothing. */
  void remove(Announcements session) {
    changed(session);
    for (Object host : session.hosts()) {
      Key key = Key.of(host, session.client());
      Group group = groups.get(key);
      if (group != null) {
        group.tunnelled -= session.tunnelled() ? 1 : 0;
        session
            .controlPorts()
            .forEach(
                port -> group.controlPorts.computeIfPresent(port, (p, n) -> n == 1 ? null : n - 1));
        group.sessions--;
        if (group.sessions == 0) {
          groups.remove(key);
        }
      }
    }
  }

  /** Numbers the sessions that cannot be read, from 1 on. */
  long nextUnread() {
    return ++lastUnread;
  }

  /** The client's sessions with that host that wait for data or cannot be read. */
  Set<Announcements> attending(DataRequest asked) {
    Set<Announcements> found = Set.of();
    for (Object host : asked.hosts()) {
      Group group = group(host, asked);
      if (group != null && !group.attending.isEmpty()) {
        if (found.isEmpty()) {
          found = group.attending; // in most cases the only one, and not to be copied
        } else if (!found.containsAll(group.attending)) {
          found = new LinkedHashSet<>(found);
          found.addAll(group.attending);
        }
      }
    }
    return found;
  }

  /** Anybody's tunnelled sessions with that host that cannot be read. */
  Set<Announcements> unread(DataRequest asked) {
    for (Object host : asked.hosts()) {
      Set<Announcements> found = unread.get(host);
      if (found != null) {
        return found;
      }
    }
    return Set.of();
  }

  /** Whether the client has or had a tunnelled session with that host. */
  boolean tunnelled(DataRequest asked) {
    return asked.hosts().stream()
        .map(host -> group(host, asked))
        .anyMatch(group -> group != null && group.tunnelled > 0);
  }

  /** Whether control connections of the client go to that port of the host. */
  boolean isControlPort(DataRequest asked) {
    return asked.hosts().stream()
        .map(host -> group(host, asked))
        .anyMatch(group -> group != null && group.controlPorts.containsKey(asked.port()));
  }

  /** The same for a client of a session. */
  boolean isControlPort(Set<Object> hosts, SessionClient client, int port) {
    return hosts.stream()
        .map(host -> groups.get(Key.of(host, client)))
        .anyMatch(group -> group != null && group.controlPorts.containsKey(port));
  }

  private @Nullable Group group(Object host, DataRequest asked) {
    Client client = asked.client();
    return client.forwardedBy().isPresent() // then its address is another host's
        ? null
        : groups.get(new Key(host, client.address().getAddress(), client.user()));
  }
}
