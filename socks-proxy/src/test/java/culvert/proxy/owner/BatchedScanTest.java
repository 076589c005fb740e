package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchedScanTest {
  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final List<Set<String>> scans = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private final BatchedScan<String, Integer> scan = new BatchedScan<>(pool::add, this::scan, -1);

  private Map<String, Integer> scan(Set<String> keys) {
    scans.add(Set.copyOf(keys));
    meanwhile.run();
    return Map.of("one", 1, "two", 2);
  }

  private Future<Integer> find(String key) {
    return scan.find(key, ImmediateEventExecutor.INSTANCE);
  }

  @Test
  void whoAsksBeforeTheScanBeginsSharesIt() {
    Future<Integer> one = find("one");
    Future<Integer> two = find("two");
    Future<Integer> again = find("one");
    Future<Integer> none = find("three");
    assertThat(pool).hasSize(1);

    pool.remove().run();

    assertThat(scans).containsExactly(Set.of("one", "two", "three"));
    assertThat(one.getNow()).isEqualTo(again.getNow()).isEqualTo(1);
    assertThat(two.getNow()).isEqualTo(2);
    assertThat(none.getNow()).isEqualTo(-1);
  }

  @Test
  void whoAsksDuringTheScanIsServedByTheNext() {
    Future<Integer> first = find("one");
    List<Future<Integer>> later = new ArrayList<>();
    meanwhile =
        () -> {
          meanwhile = () -> assertThat(first.isDone()).as("answered in order").isTrue();
          later.add(find("one"));
          later.add(find("two"));
        };

    pool.remove().run();

    assertThat(scans).containsExactly(Set.of("one"), Set.of("one", "two"));
    assertThat(later).extracting(Future::getNow).containsExactly(1, 2);
    assertThat(pool).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(booleans = {false, true})
  void aDefectFindsNothingAndStopsNothing(boolean error) {
    meanwhile =
        () -> {
          if (error) {
            throw new OutOfMemoryError("boom");
          }
          throw new IllegalStateException("boom");
        };
    Future<Integer> one = find("one");
    pool.remove().run();
    assertThat(one.getNow()).isEqualTo(-1);

    meanwhile = () -> {};
    Future<Integer> again = find("one");
    pool.remove().run();

    assertThat(again.getNow()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(booleans = {false, true})
  void whereThePoolTakesNothingNothingIsFound(boolean error) {
    BatchedScan<String, Integer> closed =
        new BatchedScan<>(
            task -> {
              if (error) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              throw new RejectedExecutionException("closed");
            },
            this::scan,
            -1);

    assertThat(closed.find("one", ImmediateEventExecutor.INSTANCE).getNow()).isEqualTo(-1);
    assertThat(closed.find("two", ImmediateEventExecutor.INSTANCE).getNow()).isEqualTo(-1);
    assertThat(scans).isEmpty();
  }
}
