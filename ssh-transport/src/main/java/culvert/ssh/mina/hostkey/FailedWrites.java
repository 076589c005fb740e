package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Files that could not be written a moment ago. Thread-safe. */
final class FailedWrites {
  /** So long a file is not worth waiting for. */
  static final Duration PERIOD = Duration.ofMinutes(1);

  private static final int MAX_FILES = 1000;

  private final LongSupplier nanoTime;
  private final Map<Path, Long> failed = new LinkedHashMap<>(); // oldest first; guarded by this

  FailedWrites(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  synchronized void add(Path file) {
    failed.remove(file);
    failed.put(file, nanoTime.getAsLong());
    if (failed.size() > MAX_FILES) {
      Iterator<Path> oldestFirst = failed.keySet().iterator();
      oldestFirst.next();
      oldestFirst.remove();
    }
  }

  synchronized void remove(Path file) {
    failed.remove(file);
  }

  synchronized boolean contains(Path file) {
    Long since = failed.get(file);
    return since != null && nanoTime.getAsLong() - since < PERIOD.toNanos();
  }
}
