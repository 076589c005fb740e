package culvert.proxy.door;

import culvert.ssh.SshServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How many connections there may be at once, in total and from one address. Thread-safe. */
public final class ConnectionLimits {
  private final int total;
  private final int perClient;
  private final Map<Source, Integer> openBySource = new HashMap<>(); // guarded by this
  private int open; // guarded by this

  /**
   * @param perClient 0: no bound of its own
   */
  public ConnectionLimits(int total, int perClient) {
    this.total = total;
    this.perClient = perClient;
  }

  /** Whose connections are counted together: addresses are those of one network. */
  private record Source(Optional<String> sshServer, InetAddress address) {
    static Source of(InetAddress address, Optional<ForwardedBy> by) {
      return new Source(by.map(ForwardedBy::server).map(SshServer::toString), address);
    }
  }

  /** Counts one more connection, unless that is one too many. */
  public boolean tryAcquire(InetAddress client) {
    return tryAcquire(client, Optional.empty());
  }

  /**
   * The same.
   *
   * @param by if present, the client's address is one on that SSH server's side
   */
  public synchronized boolean tryAcquire(InetAddress client, Optional<ForwardedBy> by) {
    Source source = Source.of(client, by);
    int ofClient = openBySource.getOrDefault(source, 0);
    if (open == total || (perClient > 0 && ofClient == perClient)) {
      return false;
    }
    open++;
    openBySource.put(source, ofClient + 1);
    return true;
  }

  /** Once for each connection that was acquired. */
  public void release(InetAddress client) {
    release(client, Optional.empty());
  }

  /** The same, with what it was acquired with. */
  public synchronized void release(InetAddress client, Optional<ForwardedBy> by) {
    open--;
    openBySource.computeIfPresent(
        Source.of(client, by), (source, count) -> count == 1 ? null : count - 1);
    notifyAll();
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
