package culvert.proxy;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for what may block: files and keys, names, owners; a pool for each of these. */
final class BlockingPool {
  private static final int WAITING = 10_000;

  private BlockingPool() {}

  /** As many threads as there is work at once, which somebody else bounds; idle ones end. */
  static ThreadPoolExecutor boundedElsewhere(String name) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        new DefaultThreadFactory(name, true));
  }

  /** Bounded, with idle threads ending. */
  static ThreadPoolExecutor create(String name, int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            new DefaultThreadFactory(name, true));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
