package culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmokeTest {
  private static Row row(String name, double ratio) {
    return Row.beside(name, name, Samples.of(ratio), "`ssh -D`", Samples.of(1), Comparison.RATIO);
  }

  @Test
  void aRateFarBelowTheOtherIsARegression() {
    Row slow = row("tunnel-download-1-rate", 0.59);
    Row poor = row("tunnel-upload-1-rate", 0.61);
    Row cheap = row("tunnel-download-1-cpu", 0.3);
    assertThat(Smoke.regressions(List.of(slow, poor, cheap))).containsExactly(slow);
  }
}
