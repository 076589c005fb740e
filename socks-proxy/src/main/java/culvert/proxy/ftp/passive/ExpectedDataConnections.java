package culvert.proxy.ftp.passive;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.Upstream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What FTP sessions have announced to their clients, and the net under that. One announcement
 * allows one connection, from the same client address and SOCKS user and, where the owner of the
 * control connection's socket is known, a socket of the same user, within {@link #VALID_FOR}.
 *
 * <p>In a tunnelled session the port stays held after that. Against the session's own client it is,
 * until the session ends, and where nobody has come, a while longer. Against everybody else it is
 * only while the server may listen there: from the session's last announcement until the final
 * reply of its transfer, or, where nobody comes, for {@link #VALID_FOR}. So a session can keep no
 * more than one port at a time from others, who may mean something else there.
 *
 * <p>Where nothing was announced, the {@link DataNet} decides, by client and host.
 *
 * <p>A session that was announced the same host and port as another one of the same client, or a
 * port of control connections, is given another port to write into its reply, so that the two can
 * be told apart.
 *
 * <p>Thread-safe; everything is guarded by this object's lock, under which nothing foreign is
 * called.
 */
public final class ExpectedDataConnections implements DataClaims {
  static final Duration VALID_FOR = Duration.ofSeconds(60);

  private static final int LOWEST_PORT = 1024;
  private static final int PORTS = 65536 - LOWEST_PORT;

  private final IntPredicate controlPorts;
  private final LongSupplier nanoTime;
  private final Map<Integer, List<AnnouncedPort>> byPort = new HashMap<>();
  private final SessionsByHost sessions = new SessionsByHost();
  private final DataNet net = new DataNet(sessions);
  private final EndedSessions ended = new EndedSessions();

  /**
   * An empty table.
   *
   * @param controlPorts where the configuration expects control connections: never data's; a pure
   *     function
   */
  public ExpectedDataConnections(IntPredicate controlPorts) {
    this(controlPorts, System::nanoTime);
  }

  ExpectedDataConnections(IntPredicate controlPorts, LongSupplier nanoTime) {
    this.controlPorts = controlPorts;
    this.nanoTime = nanoTime;
  }

  /**
   * A new session's part of the table.
   *
   * @param upstream the way of its data connections; its ports are held if that is a tunnel
   * @param own where its control connection goes
   * @param takers of clients that come to a port that was not announced
   */
  Announcements open(
      SessionClient client, Upstream upstream, Set<Integer> own, IntFunction<DataTaker> takers) {
    return new Announcements(this, client, upstream, own, takers);
  }

  @Override
  public Claim claim(Client client, SocketOwner owner, ConnectionRecorder recorder) {
    int port = client.request().port();
    DataRequest asked = DataRequest.of(client, owner, controlPorts.test(port));
    Verdict found;
    synchronized (this) {
      forgetEnded();
      found = findAnnounced(asked).orElseGet(() -> findUnannounced(asked));
    }
    found.taker().ifPresent(taker -> taker.take(client, recorder));
    return found.claim();
  }

  private Optional<Verdict> findAnnounced(DataRequest asked) {
    for (AnnouncedPort announced : at(asked.port())) {
      DataTaker taker = announced.taker(now());
      Announcements session = announced.session();
      if (taker != null && session.answersTo(asked.hosts()) && session.isOf(asked.client())) {
        if (session.needs(asked.owner())) {
          return Optional.of(Verdict.of(Claim.NEEDS_OWNER));
        }
        if (session.isOwnedBy(asked.owner())) {
          session.claimed(announced.request());
          spend(announced);
          return Optional.of(Verdict.taken(taker));
        }
      }
    }
    return Optional.empty();
  }

  private Verdict findUnannounced(DataRequest asked) {
    List<AnnouncedPort> holders = holders(asked);
    if (isKeptByOthers(holders, asked)) {
      return Verdict.of(Claim.HELD);
    }
    List<AnnouncedPort> own = own(holders, asked);
    return net.claim(asked, !own.isEmpty()).orElseGet(() -> Verdict.of(held(own, asked)));
  }

  private boolean isKeptByOthers(List<AnnouncedPort> holders, DataRequest asked) {
    return holders.stream()
        .filter(held -> isOthers(held.session(), asked))
        .anyMatch(held -> held.session().answersTo(asked.hosts()) && held.stands(now()));
  }

  /** Of the client's own sessions, as far as that can be told. */
  private static List<AnnouncedPort> own(List<AnnouncedPort> holders, DataRequest asked) {
    return holders.stream().filter(held -> !isOthers(held.session(), asked)).toList();
  }

  private static boolean isOthers(Announcements session, DataRequest asked) {
    return !session.isOf(asked.client())
        || (!session.needs(asked.owner()) && !session.mayBeOwnedBy(asked.owner()));
  }

  private Hold held(List<AnnouncedPort> own, DataRequest asked) {
    if (own.stream().anyMatch(h -> !h.session().needs(asked.owner()) || h.stands(now()))
        || net.holdsFromEverybody(asked)) {
      return Hold.HELD;
    }
    return own.isEmpty() ? Hold.FREE : Hold.NEEDS_OWNER;
  }

  /** Of tunnelled sessions with that host. */
  private List<AnnouncedPort> holders(DataRequest asked) {
    List<AnnouncedPort> present = at(asked.port());
    if (present.isEmpty()) {
      return present;
    }
    Set<Object> hosts = asked.hosts();
    return present.stream().filter(announced -> announced.session().holds(hosts)).toList();
  }

  @Override
  public Hold hold(Client client, SocketOwner owner, InetAddress address, int port) {
    DataRequest asked = DataRequest.at(address, port, client, owner, controlPorts.test(port));
    synchronized (this) {
      forgetEnded();
      List<AnnouncedPort> holders = holders(asked);
      if (isKeptByOthers(holders, asked)) {
        return Hold.HELD;
      }
      Hold unannounced = net.hold(asked);
      return unannounced == Hold.FREE ? held(own(holders, asked), asked) : unannounced;
    }
  }

  @Override
  public synchronized boolean isHeld(InetAddress address, int port) {
    Set<Object> hosts = Set.of(ServerNames.key(address));
    return at(port).stream()
        .anyMatch(
            announced ->
                announced.session().holds(hosts)
                    && announced.session().answersTo(hosts)
                    && announced.stands(now()));
  }

  @Override
  public boolean recentlyTunnelled(Client client, Optional<InetAddress> reached) {
    int port = client.request().port();
    boolean control = controlPorts.test(port);
    SocketOwner owner = new SocketOwner.NotLookedUp();
    synchronized (this) {
      forgetEnded();
      return net.recentlyTunnelled(DataRequest.of(client, owner, control))
          || reached
              .map(address -> DataRequest.at(address, port, client, owner, control))
              .filter(net::recentlyTunnelled)
              .isPresent();
    }
  }

  // For the sessions' parts, under the lock

  long now() {
    return nanoTime.getAsLong();
  }

  SessionsByHost sessions() {
    assert Thread.holdsLock(this);
    return sessions;
  }

  boolean isConfiguredControlPort(int port) {
    return controlPorts.test(port);
  }

  /** What has ended long enough ago is known no more. */
  void forgetEnded() {
    assert Thread.holdsLock(this);
    ended.forget(now());
  }

  void hasEnded(Announcements session) {
    assert Thread.holdsLock(this);
    ended.add(session, now());
  }

  void add(AnnouncedPort announced) {
    assert Thread.holdsLock(this);
    byPort.computeIfAbsent(announced.port(), p -> new ArrayList<>(1)).add(announced);
  }

  void remove(AnnouncedPort announced) {
    assert Thread.holdsLock(this);
    byPort.computeIfPresent(
        announced.port(), (port, all) -> all.remove(announced) && all.isEmpty() ? null : all);
  }

  /** Nobody is expected there any more. */
  void spend(AnnouncedPort announced) {
    assert Thread.holdsLock(this);
    announced.spend();
    if (!announced.session().tunnelled()) {
      announced.session().release(announced);
    }
  }

  /** Whether a client of the session that comes to the port may be expected by another one too. */
  boolean collides(Announcements session, int port) {
    return at(port).stream()
        .anyMatch(
            announced ->
                announced.session() != session
                    && announced.taker(now()) != null
                    && session.confusedWith(announced.session()));
  }

  /** One that means nothing else to the session's client. */
  int freePort(Announcements session, int otherwise) {
    int start = ThreadLocalRandom.current().nextInt(PORTS);
    for (int i = 0; i < PORTS; i++) {
      int port = LOWEST_PORT + (start + i) % PORTS;
      if (!controlPorts.test(port)
          && !sessions.isControlPort(session.hosts(), session.client(), port)
          && at(port).stream().noneMatch(other -> session.confusedWith(other.session()))) {
        return port;
      }
    }
    return otherwise;
  }

  private List<AnnouncedPort> at(int port) {
    @Nullable List<AnnouncedPort> announced = byPort.get(port);
    return announced == null ? List.of() : announced;
  }
}
