package culvert.proxy;

import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.route.Router;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the daemon takes leave of its clients. Thread-safe. */
final class Leave {
  private static final Logger LOG = LoggerFactory.getLogger(Leave.class);

  private final Router router;
  private final FrontDoors doors;
  private final OpenConnections connections;
  private final ConnectionLimits limits;
  private final Runnable waiting;
  private volatile boolean begun;
  private volatile boolean cut;

  /**
   * @param waiting has those ask who wait to be let in; they will be refused
   */
  Leave(
      Router router,
      FrontDoors doors,
      OpenConnections connections,
      ConnectionLimits limits,
      Runnable waiting) {
    this.router = router;
    this.doors = doors;
    this.connections = connections;
    this.limits = limits;
    this.waiting = waiting;
  }

  boolean hasBegun() {
    return begun;
  }

  /** As {@link ProxyDaemon#drain}. */
  void inOrder(Duration patience) throws InterruptedException {
    begun = true;
    router.drain();
    waiting.run();
    doors.closeButForData();
    Duration rest = connections.awaitPresent(cut ? Duration.ZERO : patience);
    doors.close();
    int left = limits.awaitNone(rest);
    if (left > 0 && !cut) {
      LOG.atWarn().addKeyValue("connections", left).log("resetting what has not ended");
    }
    connections.breakOff();
  }

  /** As {@link ProxyDaemon#cut}. */
  void cut() {
    LOG.atWarn()
        .addKeyValue("connections", connections.count())
        .addKeyValue("transfers", connections.transfers())
        .log("told to stop once more: cutting what is open, transfers are broken off");
    cut = true;
    limits.waitNoMore();
    connections.breakOff();
  }

  /** Something that is waited for. */
  @FunctionalInterface
  interface Waiting {
    void await() throws InterruptedException;
  }

  /** Waits, unless this thread is interrupted. */
  static void last(Waiting waiting) {
    try {
      waiting.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever is open ends now. */
  void atOnce() {
    begun = true;
    doors.close();
    connections.breakOff();
  }
}
