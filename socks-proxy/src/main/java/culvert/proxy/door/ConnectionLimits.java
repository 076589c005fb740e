package culvert.proxy.door;

import culvert.ssh.SshServer;
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

  /**
   * @param perClient 0: no bound of its own
   */
  public ConnectionLimits(int total, int perClient) {
    this.total = total;
    this.perClient = perClient;
    this.perServer = (total + 1) / 2;
  }

  /**
   * Whose connections are counted together: addresses are those of one network.
   *
   * @param address empty: all of that server
   */
  private record Source(Optional<String> sshServer, Optional<InetAddress> address) {
    static Source of(InetAddress address, Optional<ForwardedBy> by) {
      return new Source(server(by), Optional.of(address));
    }

    static Source all(Optional<ForwardedBy> by) {
      return new Source(server(by), Optional.empty());
    }

    private static Optional<String> server(Optional<ForwardedBy> by) {
      return by.map(ForwardedBy::server).map(SshServer::toString);
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
    Source server = Source.all(by);
    if ((perClient > 0 && openBySource.getOrDefault(source, 0) == perClient)
        || (by.isPresent() && openBySource.getOrDefault(server, 0) == perServer)) {
      return false;
    }
    openBySource.merge(source, 1, Integer::sum);
    openBySource.merge(server, 1, Integer::sum);
    return true;
  }

  /** Once for each connection that is counted as of that source. */
  synchronized void releaseShare(InetAddress client, Optional<ForwardedBy> by) {
    forget(Source.of(client, by));
    forget(Source.all(by));
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
   * Waits until there is none, at most so long. Blocks.
   *
   * @return how many there still are
   */
  public synchronized int awaitNone(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (open > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
    return open;
  }
}
