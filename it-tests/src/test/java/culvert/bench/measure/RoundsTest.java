package culvert.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import culvert.bench.measure.Rounds.Contender;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private final List<String> order = new ArrayList<>();
  private long now;

  private Rounds rounds(int count, int seconds) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return new Rounds(count, Duration.ofSeconds(seconds), () -> now, nowhere);
  }

  private Contender<Integer> contender(String name) {
    return new Contender<>(
        name,
        () -> {
          order.add(name);
          now += 1_000_000_000;
          return order.size();
        });
  }

  @Test
  void contendersTakeTurnsAndWarmUpsDoNotCount() throws Exception {
    assertThat(rounds(2, 100).of("x", 1, List.of(contender("A"), contender("B"))))
        .containsExactly(entry("A", List.of(3, 5)), entry("B", List.of(4, 6)));
    assertThat(order).containsExactly("A", "B", "A", "B", "A", "B");
  }

  @Test
  void whenTimeIsUpNoFurtherRoundBeginsButEachKindHasOne() throws Exception {
    Rounds rounds = rounds(5, 3);
    assertThat(rounds.of("x", 0, List.of(contender("A"), contender("B"))))
        .containsExactly(entry("A", List.of(1, 3)), entry("B", List.of(2, 4)));
    assertThat(rounds.of("y", 0, List.of(contender("C")))).containsExactly(entry("C", List.of(5)));
  }

  @Test
  void moreRoundsHaveNoMoreTime() throws Exception {
    Rounds rounds = rounds(1, 3);
    rounds.of("x", 0, List.of(contender("A"), contender("B")));
    assertThat(rounds.times(8).of("y", 0, List.of(contender("C"))).get("C")).hasSize(2);
  }
}
