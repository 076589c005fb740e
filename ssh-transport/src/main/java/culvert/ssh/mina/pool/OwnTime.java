package culvert.ssh.mina.pool;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** How long something has been held up by Culvert itself, in its own queues. Thread-safe. */
final class OwnTime {
  private final Ticker ticker;
  private final List<Supplier<Duration>> others = new ArrayList<>(); // guarded by this
  private long spent; // guarded by this
  private long since; // guarded by this
  private boolean running; // guarded by this

  OwnTime(Ticker ticker) {
    this.ticker = ticker;
  }

  synchronized void begin() {
    if (!running) {
      running = true;
      since = ticker.nanoTime();
    }
  }

  synchronized void end() {
    if (running) {
      running = false;
      spent += ticker.nanoTime() - since;
    }
  }

  /** Counts what that counts from now on, too; what it had counted before was somebody else's. */
  void add(Supplier<Duration> other) {
    Duration before = other.get();
    synchronized (this) {
      others.add(() -> other.get().minus(before));
    }
  }

  Duration total() {
    List<Supplier<Duration>> parts;
    Duration total;
    synchronized (this) {
      total = Duration.ofNanos(spent + (running ? ticker.nanoTime() - since : 0));
      parts = List.copyOf(others);
    }
    for (Supplier<Duration> part : parts) {
      total = total.plus(part.get());
    }
    return total;
  }
}
