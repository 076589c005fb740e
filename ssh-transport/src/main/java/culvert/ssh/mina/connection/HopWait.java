package culvert.ssh.mina.connection;

import culvert.ssh.SshSessionSpec;
import java.time.Duration;
import java.util.Optional;

/** What of the time for a session with the hop was our own. Confined, but for {@link #ownTime}. */
final class HopWait {
  private final Optional<SshSessionSpec> via;
  private final ServerDialler dialler;
  private volatile long since;
  private volatile boolean waiting;
  private volatile Duration over = Duration.ZERO;

  HopWait(Optional<SshSessionSpec> via, ServerDialler dialler) {
    this.via = via;
    this.dialler = dialler;
  }

  void begin() {
    since = System.nanoTime();
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
    Duration passed = Duration.ofNanos(System.nanoTime() - since);
    Duration held = via.map(dialler::hopHeldUp).orElse(Duration.ZERO);
    return held.compareTo(passed) < 0 ? held : passed; // it may have begun before, for others
  }
}
