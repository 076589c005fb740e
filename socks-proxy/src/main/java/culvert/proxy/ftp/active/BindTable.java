package culvert.proxy.ftp.active;

import culvert.proxy.door.BindClient;
import culvert.proxy.door.BindHandler;
import culvert.proxy.door.Refusal;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.HomeLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SOCKS clients that wait for the FTP server's data connection (BIND), beside their FTP sessions.
 * Each is told a port that is reserved for it, and at which nobody ever listens; the PORT that
 * names it says whose data connection it is to be. A client may wait only while it has an FTP
 * session, and that session's PORT alone finds it.
 *
 * <p>Thread-safe; everything is guarded by this object's lock, under which nothing foreign is
 * called.
 */
public final class BindTable implements BindHandler {
  private static final Logger LOG = LoggerFactory.getLogger(BindTable.class);

  /** What the SOCKS 4 memo says that a client is given. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private record Owner(InetAddress address, Optional<String> user) {}

  private final ClientOwners sockets;
  private final Duration patience;
  private final Map<Owner, Integer> sessions = new HashMap<>();
  private final Map<InetSocketAddress, Waiting> waiting = new HashMap<>();

  public BindTable(ClientOwners sockets) {
    this(sockets, PATIENCE);
  }

  BindTable(ClientOwners sockets, Duration patience) {
    this.sockets = sockets;
    this.patience = patience;
  }

  /**
   * A session of that client has begun.
   *
   * @param socket of the process that has its control connection
   */
  Session open(InetAddress client, Optional<String> user, Future<SocketOwner> socket) {
    Session session = new Session(new Owner(client, user), socket);
    synchronized (this) {
      sessions.merge(session.owner, 1, Integer::sum);
    }
    return session;
  }

  @Override
  public Optional<InetSocketAddress> bind(BindClient client) {
    Owner owner = new Owner(client.address().getAddress(), client.user());
    synchronized (this) {
      if (!sessions.containsKey(owner)) {
        return Optional.empty();
      }
    }
    Waiting bind;
    try {
      bind = new Waiting(client, owner);
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("no port can be reserved for a SOCKS BIND");
      return Optional.empty();
    }
    synchronized (this) {
      if (!sessions.containsKey(owner)) {
        bind.free();
        return Optional.empty(); // has ended just now
      }
      waiting.put(bind.reserved, bind);
    }
    bind.watch(); // at once, if the client is gone
    return Optional.of(bind.reserved);
  }

  private synchronized void remove(Waiting bind) {
    waiting.remove(bind.reserved, bind);
  }

  /** What one FTP session may claim. Any thread may call. */
  final class Session implements AutoCloseable {
    private final Owner owner;
    private final Future<SocketOwner> socket;
    private boolean closed; // guarded by the table's lock

    private Session(Owner owner, Future<SocketOwner> socket) {
      this.owner = owner;
      this.socket = socket;
    }

    /**
     * The client that waits there, if it is this session's; it then belongs to the caller.
     *
     * @param loop where the future completes, when the users of both connections are known; never
     *     fails
     */
    Future<Optional<Waiting>> claim(InetSocketAddress port, EventExecutor loop) {
      Waiting bind;
      synchronized (BindTable.this) {
        bind = waiting.get(port);
      }
      if (bind == null || !bind.owner.equals(owner)) {
        return loop.newSucceededFuture(Optional.empty());
      }
      Promise<Optional<Waiting>> claimed = loop.newPromise();
      socket.addListener(
          mine -> bind.socket.addListener(theirs -> claimed.setSuccess(claim(bind))));
      return claimed;
    }

    private Optional<Waiting> claim(Waiting bind) {
      synchronized (BindTable.this) {
        return !closed && sameUser(bind) && waiting.remove(bind.reserved, bind)
            ? Optional.of(bind)
            : Optional.empty();
      }
    }

    /** Where one of the two is not known, the address is all that there is to go by. */
    private boolean sameUser(Waiting bind) {
      return !(socket.getNow() instanceof SocketOwner.Known mine)
          || !(bind.socket.getNow() instanceof SocketOwner.Known theirs)
          || mine.isSameUserAs(theirs);
    }

    /** The session has ended. With the last one of a client nobody can come any more. */
    @Override
    public void close() {
      List<Waiting> orphans;
      synchronized (BindTable.this) {
        if (closed) {
          return;
        }
        closed = true;
        sessions.computeIfPresent(owner, (o, count) -> count == 1 ? null : count - 1);
        orphans =
            sessions.containsKey(owner)
                ? List.of()
                : waiting.values().stream().filter(bind -> bind.owner.equals(owner)).toList();
        orphans.forEach(bind -> waiting.remove(bind.reserved));
      }
      orphans.forEach(bind -> bind.refuse(Refusal.GENERAL_FAILURE));
    }
  }

  /** A client that waits. Any thread may call. */
  final class Waiting {
    private final BindClient client;
    private final Owner owner;
    private final Future<SocketOwner> socket;
    private final Socket reservation = new Socket(); // bound, never listening
    private final InetSocketAddress reserved;
    private boolean answered; // confined to the client's loop

    private Waiting(BindClient client, Owner owner) throws IOException {
      this.client = client;
      this.owner = owner;
      this.socket = sockets.socket(client.arrival());
      InetAddress own = client.arrival().own().getAddress();
      try {
        reservation.bind(new InetSocketAddress(own, 0));
      } catch (IOException | RuntimeException e) {
        free();
        throw e;
      }
      reserved = new InetSocketAddress(own, reservation.getLocalPort());
    }

    private void watch() {
      var timer =
          client
              .channel()
              .eventLoop()
              .schedule(this::timedOut, patience.toMillis(), TimeUnit.MILLISECONDS);
      client
          .channel()
          .closeFuture()
          .addListener(
              closed -> {
                timer.cancel(false);
                remove(this);
                free();
              });
    }

    private void free() {
      try {
        reservation.close();
      } catch (IOException e) {
        LOG.atDebug().setCause(e).log("a port reserved for a SOCKS BIND cannot be given back");
      }
    }

    private void timedOut() {
      synchronized (BindTable.this) {
        if (!waiting.remove(reserved, this)) {
          return; // claimed: its session sees to its end
        }
      }
      refuse(Refusal.TIMED_OUT);
    }

    BindClient client() {
      return client;
    }

    /** The server has connected. On the client's loop. */
    void accept(InetSocketAddress peer) {
      if (!answered) {
        answered = true;
        client.accept(peer);
      }
    }

    /** Nobody will connect any more. */
    void refuse(Refusal refusal) {
      HomeLoop.of(client.channel())
          .postLater(
              () -> {
                if (!answered && client.channel().isActive()) {
                  answered = true;
                  client.refuse(refusal);
                }
              });
    }
  }
}
