package culvert.ssh.mina.connection;

import culvert.ssh.SshSessionSpec;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Optional;

/** What of the time for a session with the hop was our own. Confined, but for {@link #ownTime}. */
final class HopWait {
  private final Optional<SshSessionSpec> via;
  private final ServerDialler dialler;
  private final Ticker ticker;
  private volatile long since;
  private volatile boolean waiting;
  private volatile Duration over = Duration.ZERO;

  HopWait(Optional<SshSessionSpec> via, ServerDialler dialler, Ticker ticker) {
    this.via = via;
    this.dialler = dialler;
    this.ticker = ticker;
  }

  void begin() {
    since = ticker.nanoTime();
    waiting = true;
  }

  void end() {
    if (waiting) {
      over = ownTime();
      waiting = false;
    }
  }

  /** Any thread. */
  Duration ownTime() {
    if (!waiting) {
      return over;
    }
    Duration passed = Duration.ofNanos(ticker.nanoTime() - since);
    Duration held = via.map(dialler::hopHeldUp).orElse(Duration.ZERO);
    return held.compareTo(passed) < 0 ? held : passed; // it may have begun before, for others
  }
}
