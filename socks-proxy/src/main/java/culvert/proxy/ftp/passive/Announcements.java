package culvert.proxy.ftp.passive;

import culvert.proxy.door.Client;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.Upstream;
import java.net.InetAddress;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one session has announced, for what it waits, and under which names its server is known: its
 * part of the table. Thread-safe; everything is guarded by the table's lock, which the callers of
 * the last methods hold.
 */
final class Announcements {
  /** Clients at a time that come while the session waits, but to no port that was announced. */
  static final int MAX_LET_IN = 16;

  private enum State {
    SERVES,
    /** The server is gone, but not the client. */
    STOPPED,
    /** The server may still listen, and the client still come. */
    ENDED,
    FORGOTTEN
  }

  private final ExpectedDataConnections table;
  private final SessionClient client;
  private final boolean tunnelled;
  private final Upstream.Way way;
  private final Set<Integer> controlPorts;
  private final ServerNames server = new ServerNames();
  private final SessionPorts ports;
  private @Nullable IntFunction<DataTaker> takers; // by port; null: nobody is served any more
  private State state = State.SERVES;
  private final PassiveProgress progress = new PassiveProgress();
  private long unreadSince; // in order of the sessions that cannot be read; 0: it can be
  private int letIn;

  /**
   * @param controlPorts where the session's own control connection goes
   * @param takers of clients that come to a port that was not announced; called by any thread
   */
  Announcements(
      ExpectedDataConnections table,
      SessionClient client,
      Upstream upstream,
      Set<Integer> controlPorts,
      IntFunction<DataTaker> takers) {
    this.table = table;
    this.ports = new SessionPorts(table);
    this.client = client;
    this.tunnelled = upstream.isTunnelled();
    this.way = upstream.way();
    this.controlPorts = Set.copyOf(controlPorts);
    this.takers = takers;
  }

  /** The server is known under this name or literal address. */
  void knownAs(String host) {
    addHost(ServerNames.key(host));
  }

  /** The server is known under this address. */
  void knownAs(InetAddress address) {
    addHost(ServerNames.key(address));
  }

  private void addHost(Object host) {
    synchronized (table) {
      if (state != State.FORGOTTEN && server.add(host)) {
        table.sessions().add(this, host);
      }
    }
  }

  /**
   * A name server says that the server has this address. That can be anybody's: it is held, but
   * nobody who comes there is taken for a client that comes for data.
   */
  void maybeKnownAs(InetAddress address) {
    synchronized (table) {
      if (state != State.FORGOTTEN && server.addHeldOnly(address)) {
        table.sessions().add(this, ServerNames.key(address));
      }
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

  /** A passive command is about to reach the server: whoever comes now comes for its data. */
  void awaitData(int request) {
    synchronized (table) {
      progress.await(request);
      table.sessions().changed(this);
    }
  }

  /** The transfer that came after that passive command has had its final reply. */
  void settled(int request) {
    synchronized (table) {
      progress.settle(request);
      table.sessions().changed(this);
    }
  }

  /** The client has come for what was announced for that passive command. */
  void claimed(int request) {
    synchronized (table) {
      progress.claim(request);
      table.sessions().changed(this);
    }
  }

  /** The same, by another way than through the front door: nobody is expected there any more. */
  void claimedElsewhere(int request) {
    synchronized (table) {
      claimed(request);
      ports.all().stream().filter(port -> port.request() == request).forEach(table::spend);
    }
  }

  /**
   * Expects one data connection.
   *
   * @param request which passive command the server has answered
   * @param serverPort where the FTP server listens
   * @return the port to announce to the client: the same, unless another session of the client has
   *     announced it too, or it is one of control connections; never the same for a captured client
   *     of a tunnel, so that it finds nothing where its connection is not captured
   */
  int expect(int request, int serverPort, DataTaker taker) {
    boolean configured = table.isConfiguredControlPort(serverPort);
    synchronized (table) {
      if (state != State.SERVES) {
        return serverPort;
      }
      progress.announced(request);
      table.forgetEnded();
      boolean control =
          configured || table.sessions().isControlPort(server.held(), client, serverPort);
      int port =
          control || mayLeak() || table.collides(this, serverPort)
              ? table.freePort(this, serverPort)
              : serverPort;
      ports.add(new AnnouncedPort(this, port, request, port == serverPort, table.now(), taker));
      if (port != serverPort && tunnelled && !control) {
        ports.add(new AnnouncedPort(this, serverPort, request, true, table.now(), null));
      }
      return port;
    }
  }

  /** Whether a client that comes for data may reach the server itself, past the tunnel. */
  private boolean mayLeak() {
    return tunnelled && client.captured();
  }

  /**
   * Expects one data connection at a port of Culvert's own, which means nothing to the server.
   * Where another session of the client's expects one there, that one's it stays.
   */
  void expectHere(int request, int port, DataTaker taker) {
    synchronized (table) {
      if (state == State.SERVES && !table.collides(this, port)) {
        ports.add(new AnnouncedPort(this, port, request, false, table.now(), taker));
      }
    }
  }

  /** What the server announces cannot be read from now on: expects the client at any port. */
  void expectAny() {
    synchronized (table) {
      if (state == State.SERVES) {
        unreadSince = table.sessions().nextUnread();
        table.sessions().changed(this);
      }
    }
  }

  /**
   * The server is gone, or the session has turned to another one: nobody is served any more.
   *
   * @return whether anything is held until {@link #close}; if not, it has ended
   */
  boolean stopExpecting() {
    synchronized (table) {
      if (state == State.SERVES) {
        state = State.STOPPED;
        takers = null;
        ports.all().forEach(table::spend);
        if (!tunnelled || (ports.isEmpty() && unreadSince == 0 && !waits())) {
          end();
        } else {
          table.sessions().changed(this);
        }
      }
      return state == State.STOPPED;
    }
  }

  /**
   * The session has ended. Nothing is expected, and nothing held but what the server may still wait
   * for: that only for a while. Idempotent.
   */
  void close() {
    synchronized (table) {
      stopExpecting();
      if (state == State.STOPPED) {
        end();
      }
    }
  }

  private void end() {
    assert Thread.holdsLock(table);
    state = State.ENDED;
    unreadSince = 0;
    if (tunnelled) {
      ports.all().stream().filter(port -> hasClaimed(port.request())).forEach(ports::release);
      table.sessions().changed(this);
      table.hasEnded(this);
    } else {
      forget();
    }
  }

  // For the table, under its lock

  /** It has ended, and long enough ago. */
  void forget() {
    assert Thread.holdsLock(table);
    state = State.FORGOTTEN;
    ports.all().forEach(ports::release);
    table.sessions().remove(this);
  }

  void release(AnnouncedPort port) {
    ports.release(port);
  }

  boolean tunnelled() {
    return tunnelled;
  }

  SessionClient client() {
    return client;
  }

  Set<Object> hosts() {
    return server.held();
  }

  Set<Integer> controlPorts() {
    return controlPorts;
  }

  boolean isOf(Client other) {
    return client.isOf(other);
  }

  boolean isOfListener(Client other) {
    return client.isOfListener(other);
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

  boolean answersTo(Set<Object> hosts) {
    return server.answerTo(hosts);
  }

  boolean holds(Set<Object> hosts) {
    return tunnelled && server.hold(hosts);
  }

  boolean serves() {
    return state == State.SERVES;
  }

  /** Whether its client may come, or may have been about to, to a port that nobody announced. */
  boolean waits() {
    return tunnelled && unreadSince == 0 && state != State.FORGOTTEN && progress.waits();
  }

  /** Whether the net has to look at it. */
  boolean attends() {
    return isUnread() || waits();
  }

  boolean isUnread() {
    return unreadSince > 0;
  }

  long unreadSince() {
    return unreadSince;
  }

  /** Whether the passive command is the last one, and its transfer has not ended. */
  boolean isUnderWay(int request) {
    return state != State.ENDED && progress.isUnderWay(request);
  }

  boolean hasClaimed(int request) {
    return progress.hasClaimed(request);
  }

  /** Whether that port was announced for what the session waits for: who comes now is late. */
  boolean isLateAt(int port) {
    return ports.at(port).filter(announced -> progress.isAwaited(announced.request())).isPresent();
  }

  boolean holdsAnything() {
    return waits() || !ports.isEmpty();
  }

  boolean hasPlace() {
    return letIn < MAX_LET_IN;
  }

  /** Whether data connections of both end at the same server and come from the same address. */
  boolean goesTheWayOf(Announcements other) {
    return way.equals(other.way);
  }

  /** For a client of a session that cannot be read. */
  DataTaker takeAny(int port) {
    IntFunction<DataTaker> serving = takers;
    if (serving == null) {
      throw new IllegalStateException("FTP session: serves nobody any more at port " + port);
    }
    return (dataClient, recorder) -> serving.apply(port).take(dataClient, recorder);
  }

  /** For a client that comes while the session waits. */
  DataTaker letIn(int port) {
    DataTaker taker = takeAny(port);
    letIn++;
    return (dataClient, recorder) -> {
      dataClient.channel().closeFuture().addListener(closed -> left());
      taker.take(dataClient, recorder);
    };
  }

  private void left() {
    synchronized (table) {
      letIn--;
    }
  }
}
