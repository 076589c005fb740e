package culvert.proxy.ftp;

import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.owner.SocketOwner;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
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
 * <p>Thread-safe; everything is guarded by this object's lock, under which nothing foreign is
 * called.
 */
public final class ExpectedDataConnections implements DataConnections {
  static final Duration VALID_FOR = Duration.ofSeconds(60);

  private static final int LOWEST_PORT = 1024;
  private static final int PORTS = 65536 - LOWEST_PORT;

  private final LongSupplier nanoTime;
  private final Map<Integer, List<Entry>> byPort = new HashMap<>();

  public ExpectedDataConnections() {
    this(System::nanoTime);
  }

  ExpectedDataConnections(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A new session's part of the table.
   *
   * @param client its control connection
   * @param owner of its control connection's socket
   * @param tunnelled whether its ports are held
   */
  Announcements open(
      InetAddress client, Optional<String> user, Future<SocketOwner> owner, boolean tunnelled) {
    return new Announcements(client, user, owner, tunnelled);
  }

  @Override
  public Claim claim(Client client, SocketOwner owner, ConnectionRecorder recorder) {
    Entry taken = null;
    DataTaker taker = null;
    boolean held = false;
    InetAddress address = literal(client);
    synchronized (this) {
      List<Entry> entries = byPort.getOrDefault(client.request().port(), List.of());
      for (Entry entry : entries) {
        boolean named = entry.owner.answersTo(client.request().host(), address);
        if (named && entry.isExpected() && entry.owner.isOf(client)) {
          if (entry.owner.needs(owner)) {
            return Claim.NEEDS_OWNER;
          }
          if (entry.owner.isOwnedBy(owner)) {
            taken = entry;
            taker = entry.taker;
            break;
          }
        }
        held |= named && entry.owner.holds(client.request().host(), address);
      }
      if (taken != null) {
        taken.spend();
      }
    }
    if (taken == null || taker == null) {
      return held ? Claim.HELD : Claim.NOT_EXPECTED;
    }
    taker.take(client, recorder);
    return Claim.TAKEN;
  }

  @Override
  public synchronized boolean isHeld(InetAddress address, int port) {
    return byPort.getOrDefault(port, List.of()).stream()
        .anyMatch(entry -> entry.owner.holds("", address));
  }

  private static @Nullable InetAddress literal(Client client) {
    if (client.request().address() instanceof DestinationAddress.Known known) {
      return known.address();
    }
    return NetUtil.createInetAddressFromIpAddressString(client.request().host());
  }

  private static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** One port of one session. Guarded by the table's lock. */
  private final class Entry {
    final Announcements owner;
    final int port;
    private final long announcedAt;
    @Nullable DataTaker taker; // null: spent

    Entry(Announcements owner, int port, @Nullable DataTaker taker) {
      this.owner = owner;
      this.port = port;
      this.taker = taker;
      this.announcedAt = nanoTime.getAsLong();
    }

    boolean isExpected() {
      return taker != null && nanoTime.getAsLong() - announcedAt <= VALID_FOR.toNanos();
    }

    void spend() {
      taker = null;
      if (!owner.tunnelled) {
        remove();
      }
    }

    void add() {
      byPort.computeIfAbsent(port, p -> new ArrayList<>(1)).add(this);
    }

    void remove() {
      List<Entry> entries = byPort.getOrDefault(port, List.of());
      entries.remove(this);
      if (entries.isEmpty()) {
        byPort.remove(port);
      }
    }
  }

  /** What one session has announced, and under which names its server is known. Thread-safe. */
  final class Announcements {
    private final InetAddress client;
    private final Optional<String> user;
    private final Future<SocketOwner> socketOwner;
    private final boolean tunnelled;
    private final Set<String> names = new HashSet<>();
    private final Set<InetAddress> addresses = new HashSet<>();
    private final Set<InetAddress> claimOnly = new HashSet<>();
    private final Set<Integer> ports = new HashSet<>();
    private boolean closed;

    private Announcements(
        InetAddress client,
        Optional<String> user,
        Future<SocketOwner> socketOwner,
        boolean tunnelled) {
      this.client = client;
      this.user = user;
      this.socketOwner = socketOwner;
      this.tunnelled = tunnelled;
    }

    /** The server is known under this name or literal address. */
    void knownAs(String host) {
      synchronized (ExpectedDataConnections.this) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        if (literal == null) {
          names.add(canonical(host));
        } else {
          addresses.add(literal);
        }
      }
    }

    /** The server is known under this address. */
    void knownAs(InetAddress address) {
      synchronized (ExpectedDataConnections.this) {
        addresses.add(address);
      }
    }

    /**
     * Clients may come for data under this address, but it is somebody else's too (Culvert's own,
     * or loopback): where nothing is announced, it is not held.
     */
    void alsoClaimedAs(InetAddress address) {
      synchronized (ExpectedDataConnections.this) {
        claimOnly.add(address);
      }
    }

    /**
     * Expects one data connection.
     *
     * @param serverPort where the FTP server listens
     * @return the port to announce to the client: the same, unless another session of the client
     *     has announced it too
     */
    int expect(int serverPort, DataTaker taker) {
      synchronized (ExpectedDataConnections.this) {
        if (closed) {
          return serverPort;
        }
        int port = collides(serverPort) ? freePort(serverPort) : serverPort;
        add(port, taker);
        if (port != serverPort && tunnelled) {
          add(serverPort, null);
        }
        return port;
      }
    }

    /**
     * The server is gone, or the session has turned to another one: nobody is served any more.
     *
     * @return whether ports are held until {@link #close}
     */
    boolean stopExpecting() {
      synchronized (ExpectedDataConnections.this) {
        closed = true;
        ports.forEach(this::spendAt);
        return tunnelled && !ports.isEmpty();
      }
    }

    /** The session has ended: nothing is expected or held any more. Idempotent. */
    void close() {
      synchronized (ExpectedDataConnections.this) {
        closed = true;
        ports.forEach(this::removeAt);
        ports.clear();
      }
    }

    private void add(int port, @Nullable DataTaker taker) {
      removeAt(port);
      new Entry(this, port, taker).add();
      ports.add(port);
    }

    private void spendAt(int port) {
      mine(port).forEach(Entry::spend);
    }

    private void removeAt(int port) {
      mine(port).forEach(Entry::remove);
    }

    private List<Entry> mine(int port) {
      return byPort.getOrDefault(port, List.of()).stream().filter(e -> e.owner == this).toList();
    }

    private boolean collides(int port) {
      return byPort.getOrDefault(port, List.of()).stream()
          .anyMatch(e -> e.owner != this && e.isExpected() && confusedWith(e.owner));
    }

    private boolean confusedWith(Announcements other) {
      return client.equals(other.client)
          && user.equals(other.user)
          && (names.stream().anyMatch(other.names::contains)
              || addresses.stream().anyMatch(other.addresses::contains));
    }

    private int freePort(int otherwise) {
      int start = ThreadLocalRandom.current().nextInt(PORTS);
      for (int i = 0; i < PORTS; i++) {
        int port = LOWEST_PORT + (start + i) % PORTS;
        if (!byPort.containsKey(port)) {
          return port;
        }
      }
      return otherwise;
    }

    private boolean isOf(Client other) {
      return client.equals(other.address().getAddress()) && user.equals(other.user());
    }

    private boolean needs(SocketOwner other) {
      return other instanceof SocketOwner.NotLookedUp
          && !(socketOwner.getNow() instanceof SocketOwner.Unknown);
    }

    /** The control connection's owner was asked for first, so it is known first. */
    private boolean isOwnedBy(SocketOwner other) {
      SocketOwner mine = socketOwner.getNow();
      return mine instanceof SocketOwner.Unknown
          || (mine instanceof SocketOwner.Known known && known.isSameUserAs(other));
    }

    private boolean answersTo(String host, @Nullable InetAddress address) {
      return names.contains(canonical(host))
          || (address != null && (addresses.contains(address) || claimOnly.contains(address)));
    }

    private boolean holds(String host, @Nullable InetAddress address) {
      return tunnelled
          && (names.contains(canonical(host)) || (address != null && addresses.contains(address)));
    }
  }
}
