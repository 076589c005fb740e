package culvert.proxy.upstream;

import culvert.proxy.relay.HomeLoop;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How much of the time that was waited for others has passed in Culvert's own queues: that is no
 * evidence about them. Confined to one loop.
 */
final class OwnTime {
  private static final Duration EVER = Duration.ofNanos(Long.MAX_VALUE);

  private final HomeLoop home;
  private Supplier<Duration> now = () -> Duration.ZERO; // of what is waited for at present
  private Duration before = Duration.ZERO; // of what came before

  OwnTime(HomeLoop home) {
    this.home = home;
  }

  /** From now on that is waited for, which knows how long it is held up by ourselves. */
  void wait(Supplier<Duration> held) {
    long since = home.nanoTime();
    now =
        () -> {
          Duration passed = Duration.ofNanos(home.nanoTime() - since);
          Duration all = held.get(); // it may have begun before, for others
          return all.compareTo(passed) < 0 ? all : passed;
        };
  }

  /** From now on that is waited for, which is ours whatever it takes. */
  void waitForOurselves() {
    wait(() -> EVER);
  }

  /** What was waited for is there. */
  void waited() {
    before = soFar();
    now = () -> Duration.ZERO;
  }

  Duration soFar() {
    return before.plus(now.get());
  }
}
