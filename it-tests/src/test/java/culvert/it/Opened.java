package culvert.it;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;

/**
 * What a test has opened. Closing closes all of it, the last one first, whatever fails on the way;
 * the first failure is thrown, and has the others with it.
 */
@SuppressWarnings("try") // what it holds may close as it likes
public final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  public <T extends AutoCloseable> T add(T one) {
    open.push(one);
    return one;
  }

  /** Those of a kind, the last one first. */
  <T> Stream<T> all(Class<T> kind) {
    return open.stream().filter(kind::isInstance).map(kind::cast);
  }

  @Override
  public void close() throws Exception {
    if (!open.isEmpty()) {
      AutoCloseable last = open.pop();
      try (AutoCloseable others = this) {
        last.close();
      }
    }
  }
}
