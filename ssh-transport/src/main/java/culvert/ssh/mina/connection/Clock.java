package culvert.ssh.mina.connection;

import java.time.Duration;

/** Time as the keeping of sessions sees it; a test moves it by hand. Thread-safe. */
public interface Clock {

  /** As {@link System#nanoTime}. */
  long nanoTime();

  /**
   * Has a task run once, on a thread that it must not hold up; not at all once the clock is
   * stopped.
   */
  Alarm after(Duration delay, Runnable task);

  /** A task that waits for its time. */
  @FunctionalInterface
  interface Alarm {
    Alarm NONE = () -> {};

    /** Idempotent; does nothing to a task that has begun. */
    void cancel();
  }
}
