package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapturedWaysTest {
  private static final String SET = "s";
  private static final SetElement ONE = new SetElement(SET, "192.0.2.1 . 4000");
  private static final SetElement OTHER = new SetElement(SET, "192.0.2.1 . 4001");

  private long now = Long.MAX_VALUE - 5; // nanoTime may well run over
  private final CapturedWays ways = new CapturedWays("inet t", List.of(SET, "other"), () -> now);

  @Test
  void aNewTableGetsWhatIsOpenAndWhatStaysForAWhile() {
    ways.open(ONE);
    ways.open(OTHER);
    ways.giveUp(OTHER, 60);
    now += Duration.ofMillis(20_500).toNanos();

    assertThat(ways.all())
        .containsExactly(
            "flush set inet t other",
            "flush set inet t s",
            "add element inet t s { 192.0.2.1 . 4000, 192.0.2.1 . 4001 timeout 40s }");

    now += Duration.ofSeconds(40).toNanos();
    assertThat(ways.all()).endsWith("add element inet t s { 192.0.2.1 . 4000 }");
  }

  @Test
  void whatIsOpenAgainHasNoEnd() {
    ways.open(ONE);
    ways.giveUp(ONE, 60);
    ways.open(ONE);

    assertThat(ways.all()).endsWith("add element inet t s { 192.0.2.1 . 4000 }");

    ways.failed(ONE); // and so the table has it as it was
    assertThat(ways.all()).endsWith("add element inet t s { 192.0.2.1 . 4000 timeout 61s }");
    assertThat(ways.isEmpty()).isTrue();
  }
}
