package culvert.proxy.ftp;

import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.owner.SocketOwner;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What FTP sessions have announced to their clients. One announcement allows one connection, from
 * the same client address and SOCKS user and, where the owner of the control connection's socket is
 * known, a socket of the same user, within {@link #VALID_FOR}; in a tunnelled session the port
 * stays held after that, until the session ends.
 *
 * <p>A session that was announced the same host and port as another one of the same client is given
 * another port to write into its reply, so that the two can be told apart.
 *
 * <p>A session whose server speaks TLS expects its client at any port but those of control
 * connections, as often as it comes, until the session ends; see {@link UnreadSessions}.
 *
 * <p>Thread-safe; everything is guarded by this object's lock, under which nothing foreign is
 * called.
 */
public final class ExpectedDataConnections implements DataConnections {
  static final Duration VALID_FOR = Duration.ofSeconds(60);

  private static final int LOWEST_PORT = 1024;
  private static final int PORTS = 65536 - LOWEST_PORT;

  private final LongSupplier nanoTime;
  private final Map<Integer, List<AnnouncedPort>> byPort = new HashMap<>();
  private final UnreadSessions unread;

  /**
   * An empty table.
   *
   * @param controlPorts where the configuration expects control connections: never data's
   */
  public ExpectedDataConnections(IntPredicate controlPorts) {
    this(controlPorts, System::nanoTime);
  }

  ExpectedDataConnections(IntPredicate controlPorts, LongSupplier nanoTime) {
    this.unread = new UnreadSessions(controlPorts);
    this.nanoTime = nanoTime;
  }

  /**
   * A new session's part of the table.
   *
   * @param upstream the way of its data connections; its ports are held if that is a tunnel
   */
  Announcements open(SessionClient client, Upstream upstream) {
    return new Announcements(this, client, upstream);
  }

  @Override
  public Claim claim(Client client, SocketOwner owner, ConnectionRecorder recorder) {
    InetAddress address = literal(client);
    Verdict found;
    synchronized (this) {
      List<Announcements> holders = holders(client, address);
      found =
          findAnnounced(client, address, owner)
              .or(() -> unread.claim(client, address, owner, holders))
              .orElseGet(() -> Verdict.of(holders.isEmpty() ? Claim.NOT_EXPECTED : Claim.HELD));
    }
    found.taker().ifPresent(taker -> taker.take(client, recorder));
    return found.claim();
  }

  private Optional<Verdict> findAnnounced(
      Client client, @Nullable InetAddress address, SocketOwner owner) {
    for (AnnouncedPort announced : at(client.request().port())) {
      DataTaker taker = announced.taker(nanoTime.getAsLong());
      Announcements session = announced.session();
      if (taker != null
          && session.answersTo(client.request().host(), address)
          && session.isOf(client)) {
        if (session.needs(owner)) {
          return Optional.of(Verdict.of(Claim.NEEDS_OWNER));
        }
        if (session.isOwnedBy(owner)) {
          spend(announced);
          return Optional.of(Verdict.taken(taker));
        }
      }
    }
    return Optional.empty();
  }

  /** The sessions to which that port of their servers belongs. */
  private List<Announcements> holders(Client client, @Nullable InetAddress address) {
    return at(client.request().port()).stream()
        .map(AnnouncedPort::session)
        .filter(session -> session.holds(client.request().host(), address))
        .toList();
  }

  @Override
  public synchronized boolean isHeld(InetAddress address, int port) {
    return at(port).stream().anyMatch(announced -> announced.session().holds("", address));
  }

  private static @Nullable InetAddress literal(Client client) {
    if (client.request().address() instanceof DestinationAddress.Known known) {
      return known.address();
    }
    return NetUtil.createInetAddressFromIpAddressString(client.request().host());
  }

  // For the sessions' parts, under the lock

  UnreadSessions unread() {
    return unread;
  }

  void add(Announcements session, int port, @Nullable DataTaker taker) {
    byPort
        .computeIfAbsent(port, p -> new ArrayList<>(1))
        .add(new AnnouncedPort(session, port, taker, nanoTime.getAsLong()));
  }

  /** Nobody is expected there any more. */
  void spend(Announcements session, int port) {
    of(session, port).forEach(this::spend);
  }

  /** The port is not the session's any more. */
  void remove(Announcements session, int port) {
    of(session, port).forEach(this::remove);
  }

  /** Whether a client of the session that comes to the port may be expected by another one too. */
  boolean collides(Announcements session, int port) {
    return at(port).stream()
        .anyMatch(
            announced ->
                announced.session() != session
                    && announced.taker(nanoTime.getAsLong()) != null
                    && session.confusedWith(announced.session()));
  }

  int freePort(int otherwise) {
    int start = ThreadLocalRandom.current().nextInt(PORTS);
    for (int i = 0; i < PORTS; i++) {
      int port = LOWEST_PORT + (start + i) % PORTS;
      if (!byPort.containsKey(port)) {
        return port;
      }
    }
    return otherwise;
  }

  private List<AnnouncedPort> at(int port) {
    return byPort.getOrDefault(port, List.of());
  }

  private List<AnnouncedPort> of(Announcements session, int port) {
    return at(port).stream().filter(announced -> announced.session() == session).toList();
  }

  private void spend(AnnouncedPort announced) {
    announced.spend();
    if (!announced.session().tunnelled()) {
      remove(announced);
    }
  }

  private void remove(AnnouncedPort announced) {
    List<AnnouncedPort> left = at(announced.port());
    left.remove(announced);
    if (left.isEmpty()) {
      byPort.remove(announced.port());
    }
  }
}
