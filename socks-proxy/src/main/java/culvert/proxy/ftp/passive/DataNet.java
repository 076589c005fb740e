package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.passive.DataClaims.Claim;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.HeldPorts.Hold;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of a client that nobody has announced, at a port where an FTP server may wait for
 * data. Reading a dialogue can fail, for the server's oddity or for TLS; that nothing leaks must
 * not rest on it. While a tunnelled session waits for data, what its client wants of the same host
 * goes through that tunnel, and where it is not clear which session is meant, nowhere: never
 * directly, and never to another server. Guarded by the table's lock.
 */
final class DataNet {
  private final SessionsByHost sessions;

  DataNet(SessionsByHost sessions) {
    this.sessions = sessions;
  }

  /**
   * Whose data connection a client comes for.
   *
   * @param held whether that port belongs to a tunnelled session of the client's
   * @return empty: none of the sessions has to do with it
   */
  Optional<Verdict> claim(DataRequest asked, boolean held) {
    Set<Announcements> ofClient = sessions.attending(asked);
    if (ofClient.isEmpty() || !mayBeData(asked)) {
      return Optional.empty();
    }
    if (needsOwner(ofClient, asked)) {
      return Optional.of(Verdict.of(Claim.NEEDS_OWNER));
    }
    if (ofClient.stream().anyMatch(session -> mayMean(session, asked))) {
      return Optional.of(choose(ofClient, asked));
    }
    List<Announcements> plain =
        ofClient.stream()
            .filter(s -> !s.tunnelled() && isFor(s, asked) && mayServe(s, asked))
            .toList();
    return plain.isEmpty() || held ? Optional.empty() : Optional.of(newest(plain, asked.port()));
  }

  /**
   * Whether a client may be connected directly, under an address of what it has asked for: then no
   * session takes it any more.
   */
  Hold hold(DataRequest asked) {
    Set<Announcements> ofClient = sessions.attending(asked);
    if (ofClient.isEmpty() || !mayBeData(asked)) {
      return Hold.FREE;
    }
    boolean tunnelled = ofClient.stream().anyMatch(Announcements::tunnelled);
    if (tunnelled && needsOwner(ofClient, asked)) {
      return Hold.NEEDS_OWNER;
    }
    return ofClient.stream().anyMatch(s -> s.tunnelled() && s.mayBeOwnedBy(asked.owner()))
        ? Hold.HELD
        : Hold.FREE;
  }

  private static boolean needsOwner(Set<Announcements> ofClient, DataRequest asked) {
    return asked.owner() instanceof SocketOwner.NotLookedUp
        && ofClient.stream().anyMatch(session -> session.needs(asked.owner()));
  }

  /** Whether what the client wants may be the session's, and so must not leave its tunnel. */
  private static boolean mayMean(Announcements session, DataRequest asked) {
    return session.tunnelled() && session.mayBeOwnedBy(asked.owner()) && mayServe(session, asked);
  }

  /** Whether it is the session's client that comes, and its server that it wants. */
  private static boolean isFor(Announcements session, DataRequest asked) {
    return session.isOwnedBy(asked.owner()) && session.answersTo(asked.hosts());
  }

  /** At any port, who comes as the session's control connection came. */
  private static boolean mayServe(Announcements session, DataRequest asked) {
    return !session.isUnread() || session.isOfListener(asked.client());
  }

  private boolean mayBeData(DataRequest asked) {
    return asked.mayBeData() && !sessions.isControlPort(asked);
  }

  private static Verdict choose(Set<Announcements> ofClient, DataRequest asked) {
    List<Announcements> waiting =
        ofClient.stream()
            .filter(s -> s.waits() && s.serves() && mayMean(s, asked))
            .limit(2)
            .toList();
    if (waiting.size() > 1 || waiting.stream().anyMatch(s -> !isFor(s, asked))) {
      return Verdict.of(Claim.HELD); // a broken upload would be undone at the wrong session
    }
    List<Announcements> unread =
        ofClient.stream()
            .filter(s -> s.isUnread() && s.serves() && mayMean(s, asked))
            .filter(s -> isFor(s, asked))
            .toList();
    if (waiting.isEmpty()) {
      return unread.isEmpty() ? Verdict.of(Claim.HELD) : newest(unread, asked.port());
    }
    Announcements one = waiting.get(0);
    if (!unread.isEmpty()) {
      return unread.stream().allMatch(one::goesTheWayOf)
          ? newest(unread, asked.port())
          : Verdict.of(Claim.HELD);
    }
    return one.hasPlace() && !one.isLateAt(asked.port())
        ? Verdict.taken(one.letIn(asked.port()))
        : Verdict.of(Claim.HELD);
  }

  /** Of sessions that cannot be read, if it makes no difference which. */
  private static Verdict newest(List<Announcements> live, int port) {
    List<Announcements> serving = live.stream().filter(Announcements::serves).toList();
    Optional<Announcements> newest =
        serving.stream().max(Comparator.comparingLong(Announcements::unreadSince));
    return newest
        .filter(session -> serving.stream().allMatch(session::goesTheWayOf))
        .map(session -> Verdict.taken(session.takeAny(port)))
        .orElseGet(() -> Verdict.of(Claim.HELD));
  }

  /** Whether what the client asks for may be the data of somebody's session that cannot be read. */
  boolean holdsFromEverybody(DataRequest asked) {
    return mayBeData(asked)
        && sessions.unread(asked).stream()
            .filter(s -> s.answersTo(asked.hosts()))
            .anyMatch(s -> !s.controlPorts().contains(asked.port()));
  }

  /** Whether the client has or had a tunnelled session with that host, whose data it may want. */
  boolean recentlyTunnelled(DataRequest asked) {
    return mayBeData(asked) && sessions.tunnelled(asked);
  }
}
