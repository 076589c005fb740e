package culvert.proxy.door;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How many connections there may be at once, in total and of one source. A source is a client
 * address, and an SSH server whose remote forwards bring clients: those have no more than half of
 * the total. Thread-safe.
 */
public final class ConnectionLimits {
  private final int total;
  private final int perClient;
  private final int perServer;
  private final Map<Source, Integer> openBySource = new HashMap<>(); // guarded by this
  private int open; // guarded by this
  private boolean waitedFor = true; // guarded by this

  /**
   * @param perClient 0: no bound of its own
   */
  public ConnectionLimits(int total, int perClient) {
    this.total = total;
    this.perClient = perClient;
    this.perServer = (total + 1) / 2;
  }

  /** Whose connections are counted together. */
  private sealed interface Source {
    /** A client's: addresses are those of one network. */
    record Address(Optional<String> sshServer, InetAddress address) implements Source {}

    /** All that an SSH server brings. */
    record Server(String sshServer) implements Source {}

    static Source of(InetAddress address, Optional<ForwardedBy> by) {
      return new Address(by.map(Source::name), address);
    }

    static Optional<Source> server(Optional<ForwardedBy> by) {
      return by.map(server -> new Server(name(server)));
    }

    private static String name(ForwardedBy by) {
      return by.server().toString();
    }
  }

  /** Counts one more connection, of whom is not known yet, unless that is one too many. */
  synchronized boolean tryAcquire() {
    if (open == total) {
      return false;
    }
    open++;
    return true;
  }

  /** Once for each connection that was acquired. */
  synchronized void release() {
    open--;
    notifyAll();
  }

  /**
   * Counts one that was acquired as of that source, too, unless it has too many.
   *
   * @param by if present, the client's address is one on that SSH server's side
   */
  synchronized boolean tryShare(InetAddress client, Optional<ForwardedBy> by) {
    Source source = Source.of(client, by);
    Optional<Source> server = Source.server(by);
    if ((perClient > 0 && openOf(source) == perClient)
        || server.filter(all -> openOf(all) == perServer).isPresent()) {
      return false;
    }
    count(source);
    server.ifPresent(this::count);
    return true;
  }

  /** Once for each connection that is counted as of that source. */
  synchronized void releaseShare(InetAddress client, Optional<ForwardedBy> by) {
    forget(Source.of(client, by));
    Source.server(by).ifPresent(this::forget);
  }

  private int openOf(Source source) {
    return openBySource.getOrDefault(source, 0);
  }

  private void count(Source of) {
    openBySource.merge(of, 1, Integer::sum);
  }

  private void forget(Source of) {
    openBySource.computeIfPresent(of, (source, count) -> count == 1 ? null : count - 1);
  }

  /**
   * Counts one more connection of that source, unless that is one too many.
   *
   * @param by if present, the client's address is one on that SSH server's side
   */
  public synchronized boolean tryAcquire(InetAddress client, Optional<ForwardedBy> by) {
    if (!tryAcquire()) {
      return false;
    }
    if (!tryShare(client, by)) {
      release();
      return false;
    }
    return true;
  }

  /** Once for each connection that was acquired as of that source. */
  public synchronized void release(InetAddress client, Optional<ForwardedBy> by) {
    releaseShare(client, by);
    release();
  }

  public synchronized int open() {
    return open;
  }

  /**
   * Waits until there is none, at most so long, or until {@link #waitNoMore}. Blocks.
   *
   * @return how many there still are
   */
  public synchronized int awaitNone(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (waitedFor && open > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
    return open;
  }

  /** Nobody waits for connections to end from now on. */
  public synchronized void waitNoMore() {
    waitedFor = false;
    notifyAll();
  }
}
