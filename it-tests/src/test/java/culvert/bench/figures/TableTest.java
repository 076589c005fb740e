package culvert.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Row RATE =
      Row.beside(
          "rate",
          "download, MB/s",
          Samples.of(900, 1000, 800),
          "`ssh -D`",
          Samples.of(800, 800, 800),
          Comparison.RATIO);
  private static final Row JOB =
      Row.beside(
          "job",
          "job, ms",
          Samples.of(60, 54.25, 58),
          "plain",
          Samples.of(50, 50, 50),
          Comparison.DIFFERENCE);

  private static String line(Row row) {
    return Table.of(List.of(row)).lines().skip(2).findFirst().orElseThrow();
  }

  @Test
  void aRowHasMediansAndTheSpreadOfTheComparison() {
    assertThat(Table.of(List.of(RATE.to(Target.comparedAtLeast(1.1, 1.2)))))
        .isEqualTo(
            """
            | what | Culvert | beside it | ratio | spread | at least | aim |
            |---|--:|--:|--:|---|---|---|
            | download, MB/s | 900 | `ssh -D` 800 | 1.13 x | 1.00 x to 1.25 x | ≥ 1.10 x | ≥ 1.20 x |
            """);
  }

  @Test
  void whatMissesItsTargetIsBold() {
    assertThat(line(RATE.to(Target.comparedAtLeast(1.2, 1.3)))).contains("| **1.13 x** |");
    assertThat(line(RATE.to(Target.comparedAtMost(1.0, 0.9))))
        .contains("| **1.13 x** |", "≤ 1.00 x");
    assertThat(line(RATE.to(Target.culvertAtMost(500, 400))))
        .contains("| **900** |", "| 1.13 x |", "| ≤ 500 | ≤ 400 |");
  }

  @Test
  void aDifferenceHasItsSign() {
    assertThat(line(JOB.to(Target.comparedAtMost(10, 5))))
        .isEqualTo("| job, ms | 58 | plain 50 | +8 | +4.25 to +10 | ≤ +10 | ≤ +5 |");
    assertThat(line(JOB.to(Target.comparedAtMost(20, 0)))).endsWith("| ≤ +20 | ≤ 0 |");
  }

  @Test
  void aRowAloneHasItsOwnSpread() {
    assertThat(line(Row.alone("x", "x", Samples.of(0.1234, 12_345, 3))))
        .isEqualTo("| x | 3 |  |  | 0.123 to 12,345 |  |  |");
  }

  @Test
  void aComparisonWithNothingIsNoTarget() {
    Row alone = Row.alone("x", "x", Samples.of(1));
    assertThatThrownBy(() -> alone.to(Target.comparedAtLeast(1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
