package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.owner.SocketOwner;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one session has announced, and under which names its server is known: its part of the table.
 * Thread-safe; everything is guarded by the table's lock, which the callers of the last methods
 * hold.
 */
final class Announcements {
  private final ExpectedDataConnections table;
  private final SessionClient client;
  private final boolean tunnelled;
  private final List<Object> way;
  private final ServerNames server = new ServerNames();
  private final Set<Integer> ports = new HashSet<>();
  private Set<Integer> controlPorts = Set.of();
  private @Nullable IntFunction<DataTaker> takers; // by port; null: all is read
  private boolean closed;

  Announcements(ExpectedDataConnections table, SessionClient client, Upstream upstream) {
    this.table = table;
    this.client = client;
    this.tunnelled = upstream instanceof Upstream.Tunnelled;
    this.way = upstream.way();
  }

  /** The server is known under this name or literal address. */
  void knownAs(String host) {
    synchronized (table) {
      server.add(host);
    }
  }

  /** The server is known under this address. */
  void knownAs(InetAddress address) {
    synchronized (table) {
      server.add(address);
    }
  }

  /**
   * Clients may come for data under this address, but it is somebody else's too (Culvert's own, or
   * loopback): where nothing is announced, it is not held.
   */
  void alsoClaimedAs(InetAddress address) {
    synchronized (table) {
      server.addClaimOnly(address);
    }
  }

  /**
   * Expects one data connection.
   *
   * @param serverPort where the FTP server listens
   * @return the port to announce to the client: the same, unless another session of the client has
   *     announced it too
   */
  int expect(int serverPort, DataTaker taker) {
    synchronized (table) {
      if (closed) {
        return serverPort;
      }
      int port = table.collides(this, serverPort) ? table.freePort(serverPort) : serverPort;
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
    synchronized (table) {
      if (!closed) {
        controlPorts = Set.copyOf(except);
        takers = newTakers;
        table.unread().add(this);
      }
    }
  }

  /**
   * The server is gone, or the session has turned to another one: nobody is served any more.
   *
   * @return whether ports are held until {@link #close}
   */
  boolean stopExpecting() {
    synchronized (table) {
      closed = true;
      ports.forEach(port -> table.spend(this, port));
      if (!tunnelled) {
        table.unread().remove(this);
      }
      return tunnelled && (!ports.isEmpty() || takers != null);
    }
  }

  /** The session has ended: nothing is expected or held any more. Idempotent. */
  void close() {
    synchronized (table) {
      closed = true;
      ports.forEach(port -> table.remove(this, port));
      ports.clear();
      table.unread().remove(this);
    }
  }

  // For the table, under its lock

  boolean tunnelled() {
    return tunnelled;
  }

  boolean isOf(Client other) {
    return client.isOf(other);
  }

  boolean needs(SocketOwner other) {
    return client.needs(other);
  }

  boolean isOwnedBy(SocketOwner other) {
    return client.isOwnedBy(other);
  }

  boolean mayBeOwnedBy(SocketOwner other) {
    return client.mayBeOwnedBy(other);
  }

  boolean confusedWith(Announcements other) {
    return client.isSameAs(other.client) && server.overlap(other.server);
  }

  boolean answersTo(String host, @Nullable InetAddress address) {
    return server.answerTo(host, address);
  }

  boolean holds(String host, @Nullable InetAddress address) {
    return tunnelled && server.contain(host, address);
  }

  /** Whether the client may mean this session, whatever the port. */
  boolean expectsAny(Client other, @Nullable InetAddress address) {
    return client.isOfListener(other) && server.contain(other.request().host(), address);
  }

  boolean isControl(int port) {
    return controlPorts.contains(port);
  }

  boolean serves() {
    return !closed;
  }

  /** Whether data connections of both end at the same server and come from the same address. */
  boolean goesTheWayOf(Announcements other) {
    return way.equals(other.way);
  }

  /** From now on the port is this session's, as if it had been announced. */
  DataTaker takeAny(int port) {
    if (takers == null) {
      throw new IllegalStateException("FTP session: expects no data at port " + port);
    }
    if (tunnelled) {
      add(port, null);
    }
    return takers.apply(port);
  }

  private void add(int port, @Nullable DataTaker taker) {
    table.remove(this, port);
    table.add(this, port, taker);
    ports.add(port);
  }
}
