package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StopSignalsTest {
  private final Map<String, Runnable> signals = new ConcurrentHashMap<>();
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final StopSignals stops =
      StopSignals.on(
          signals::put,
          () -> done.add("stop"),
          () -> done.add("cut"),
          code -> done.add("halt " + code));

  @Test
  void theFirstStopsAndTheSecondCuts() {
    signal("TERM");
    assertThat(done).containsExactly("stop");
    assertThat(stops.exitCode()).isZero();

    stops.close();
    signal("INT");
    assertThat(done).containsExactly("stop", "cut");
    assertThat(stops.exitCode()).isEqualTo(1);
  }

  @Test
  void theThirdEndsWhatDoesNotEndByItself() throws Exception {
    signal("TERM");
    CompletableFuture<Void> second = CompletableFuture.runAsync(() -> signal("TERM"));
    await().until(() -> done.contains("cut"));
    assertThat(second).isNotDone();

    signal("TERM");

    assertThat(done).containsExactly("stop", "cut", "halt 1");
    stops.close();
    second.get(10, TimeUnit.SECONDS);
    assertThat(done).hasSize(3);
  }

  private void signal(String name) {
    Objects.requireNonNull(signals.get(name)).run();
  }
}
