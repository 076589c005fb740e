package culvert.proxy.cli;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has the heap give memory back after work, which a collector does only in a collection of the
 * whole heap: one in the first quiet stretch, when nothing has been collected for a while and so
 * next to nothing was done. Confined to its thread.
 */
final class IdleHeap implements AutoCloseable {
  static final Duration QUIET = Duration.ofSeconds(15);

  /** So many collections leave something behind. */
  static final int WORTH_IT = 8;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  private final LongSupplier nanoTime;
  private final LongSupplier collections;
  private final Runnable collect;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "culvert-idle-heap");
            thread.setDaemon(true);
            return thread;
          });
  private long seen = -1;
  private long seenAt;
  private long whole = -WORTH_IT; // the start is worth it

  /**
   * Looks at nothing by itself.
   *
   * @param nanoTime as {@link System#nanoTime}
   * @param collections how many there were since the start
   * @param collect makes one of the whole heap
   */
  IdleHeap(LongSupplier nanoTime, LongSupplier collections, Runnable collect) {
    this.nanoTime = nanoTime;
    this.collections = collections;
    this.collect = collect;
  }

  /** Of this process, from now on until it is closed. */
  static IdleHeap ofProcess() {
    IdleHeap heap = new IdleHeap(System::nanoTime, IdleHeap::collectionsOfProcess, System::gc);
    long millis = BETWEEN_LOOKS.toMillis();
    heap.looks.scheduleWithFixedDelay(heap::look, millis, millis, TimeUnit.MILLISECONDS);
    return heap;
  }

  private static long collectionsOfProcess() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  void look() {
    long count = collections.getAsLong();
    if (count != seen) {
      seen = count;
      seenAt = nanoTime.getAsLong();
    } else if (count - whole >= WORTH_IT && nanoTime.getAsLong() - seenAt >= QUIET.toNanos()) {
      collect.run();
      seen = collections.getAsLong();
      whole = seen;
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
