package culvert.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been begun and must be ended, in the opposite order. An end that fails is logged and
 * keeps no other from its own. Not thread-safe.
 */
final class Begun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Begun.class);

  private final Deque<Runnable> ends = new ArrayDeque<>();

  /** Remembers how that is ended, and returns it. */
  <T> T add(T begun, Consumer<? super T> end) {
    ends.push(() -> end.accept(begun));
    return begun;
  }

  /** Idempotent. */
  @Override
  public void close() {
    while (!ends.isEmpty()) {
      try {
        ends.pop().run();
      } catch (RuntimeException e) {
        LOG.error("not ended in order", e);
      }
    }
  }
}
