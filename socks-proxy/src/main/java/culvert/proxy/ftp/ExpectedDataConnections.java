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
import java.util.function.IntFunction;
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
 * <p>A session whose server speaks TLS expects its client at any port but the control connection's,
 * as often as it comes, until the session ends.
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
  private final List<Announcements> unread = new ArrayList<>(); // expect any port, oldest first

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

  /** What becomes of a client, and who takes it if it is taken. */
  private record Found(Claim claim, Optional<DataTaker> taker) {
    static Found taken(DataTaker taker) {
      return new Found(Claim.TAKEN, Optional.of(taker));
    }

    static Found of(Claim claim) {
      return new Found(claim, Optional.empty());
    }
  }

  @Override
  public Claim claim(Client client, SocketOwner owner, ConnectionRecorder recorder) {
    InetAddress address = literal(client);
    Found found;
    synchronized (this) {
      found =
          findAnnounced(client, address, owner)
              .or(() -> findUnread(client, address, owner))
              .orElseGet(
                  () ->
                      Found.of(
                          holders(client, address).isEmpty() ? Claim.NOT_EXPECTED : Claim.HELD));
    }
    found.taker().ifPresent(taker -> taker.take(client, recorder));
    return found.claim();
  }

  private Optional<Found> findAnnounced(
      Client client, @Nullable InetAddress address, SocketOwner owner) {
    for (Entry entry : byPort.getOrDefault(client.request().port(), List.of())) {
      DataTaker taker = entry.taker;
      if (taker != null
          && entry.isExpected()
          && entry.owner.answersTo(client.request().host(), address)
          && entry.owner.isOf(client)) {
        if (entry.owner.needs(owner)) {
          return Optional.of(Found.of(Claim.NEEDS_OWNER));
        }
        if (entry.owner.isOwnedBy(owner)) {
          entry.spend();
          return Optional.of(Found.taken(taker));
        }
      }
    }
    return Optional.empty();
  }

  /** Another client's port is not taken from it. */
  private Optional<Found> findUnread(
      Client client, @Nullable InetAddress address, SocketOwner owner) {
    for (Announcements session : unread) {
      if (session.expectsAny(client, address)
          && holders(client, address).stream().allMatch(holder -> holder.isOf(client))) {
        if (session.needs(owner)) {
          return Optional.of(Found.of(Claim.NEEDS_OWNER));
        }
        if (session.isOwnedBy(owner)) {
          return Optional.of(session.takeAny(client.request().port()));
        }
      }
    }
    return Optional.empty();
  }

  /** The sessions to which that port of their servers belongs. */
  private List<Announcements> holders(Client client, @Nullable InetAddress address) {
    return byPort.getOrDefault(client.request().port(), List.of()).stream()
        .map(entry -> entry.owner)
        .filter(session -> session.holds(client.request().host(), address))
        .toList();
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
    private Set<Integer> controlPorts = Set.of();
    private @Nullable IntFunction<DataTaker> takers; // by port; null: all is read
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
     * Expects the client at any port from now on.
     *
     * @param except where control connections go
     * @param newTakers by port
     */
    void expectAny(Set<Integer> except, IntFunction<DataTaker> newTakers) {
      synchronized (ExpectedDataConnections.this) {
        if (!closed) {
          controlPorts = Set.copyOf(except);
          takers = newTakers;
          unread.add(this);
        }
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
        if (!tunnelled) {
          unread.remove(this);
        }
        return tunnelled && (!ports.isEmpty() || takers != null);
      }
    }

    /** The session has ended: nothing is expected or held any more. Idempotent. */
    void close() {
      synchronized (ExpectedDataConnections.this) {
        closed = true;
        ports.forEach(this::removeAt);
        ports.clear();
        unread.remove(this);
      }
    }

    private boolean expectsAny(Client other, @Nullable InetAddress address) {
      int port = other.request().port();
      return port >= LOWEST_PORT
          && !controlPorts.contains(port)
          && isOf(other)
          && knows(other.request().host(), address);
    }

    /** From now on the port is this session's, as if it had been announced. */
    private Found takeAny(int port) {
      if (closed || takers == null) {
        return Found.of(Claim.HELD); // never for the rules
      }
      if (tunnelled) {
        add(port, null);
      }
      return Found.taken(takers.apply(port));
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
      return tunnelled && knows(host, address);
    }

    private boolean knows(String host, @Nullable InetAddress address) {
      return names.contains(canonical(host)) || (address != null && addresses.contains(address));
    }
  }
}
