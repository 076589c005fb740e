package culvert.proxy.owner;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds things by scans that cost about the same for many as for one: one scan runs at a time, and
 * whoever asks meanwhile is served by the next one, which serves all of them. So an answer is never
 * older than its question, and answers come in the order of the questions. Thread-safe.
 */
final class BatchedScan<K, V> {
  private static final Logger LOG = LoggerFactory.getLogger(BatchedScan.class);

  private final Executor executor;
  private final Function<Set<K>, Map<K, V>> scan;
  private final V nothing;
  private Map<K, List<Promise<V>>> waiting = new LinkedHashMap<>(); // guarded by this
  private boolean running; // guarded by this

  /**
   * @param executor for the scans, which may block; where it rejects, nothing is found
   * @param scan finds what it can of the keys
   * @param nothing the answer for a key that the scan does not find
   */
  BatchedScan(Executor executor, Function<Set<K>, Map<K, V>> scan, V nothing) {
    this.executor = executor;
    this.scan = scan;
    this.nothing = nothing;
  }

  /** Never fails. */
  Future<V> find(K key, EventExecutor loop) {
    Promise<V> promise = loop.newPromise();
    synchronized (this) {
      waiting.computeIfAbsent(key, k -> new ArrayList<>(1)).add(promise);
      if (running) {
        return promise;
      }
      running = true;
    }
    try {
      executor.execute(this::serve);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().setCause(e).log("scan not started");
      answerNothing();
    } catch (RuntimeException | Error e) {
      LOG.error("scan not started", e);
      answerNothing();
    }
    return promise;
  }

  private void answerNothing() {
    for (Map<K, List<Promise<V>>> batch = next(); !batch.isEmpty(); batch = next()) {
      answer(batch, Map.of());
    }
  }

  private void serve() {
    for (Map<K, List<Promise<V>>> batch = next(); !batch.isEmpty(); batch = next()) {
      answer(batch, scan(batch.keySet()));
    }
  }

  private Map<K, V> scan(Set<K> keys) {
    try {
      return scan.apply(keys);
    } catch (RuntimeException | Error e) { // such as no more memory
      LOG.error("scan failed", e);
      return Map.of();
    }
  }

  /** Who waits now; with nobody waiting the run is over. */
  private synchronized Map<K, List<Promise<V>>> next() {
    Map<K, List<Promise<V>>> batch = waiting;
    waiting = new LinkedHashMap<>();
    running = !batch.isEmpty();
    return batch;
  }

  private void answer(Map<K, List<Promise<V>>> batch, Map<K, V> found) {
    batch.forEach(
        (key, promises) -> {
          V value = found.getOrDefault(key, nothing);
          promises.forEach(promise -> promise.trySuccess(value));
        });
  }
}
