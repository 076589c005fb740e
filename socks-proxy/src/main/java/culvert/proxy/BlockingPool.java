package culvert.proxy;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for what may block: names, files, keys. */
final class BlockingPool {
  private static final int THREADS = 16;
  private static final int WAITING = 10_000;

  private BlockingPool() {}

  /** Bounded, with idle threads ending. */
  static ThreadPoolExecutor create() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            new DefaultThreadFactory("culvert-blocking", true));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
