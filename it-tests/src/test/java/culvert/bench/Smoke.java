package culvert.bench;

import culvert.bench.figures.Row;
import java.util.List;

/** What fails a build: not every figure that is worse, but gross regressions. */
final class Smoke {
  static final double LEAST = 0.6;

  private Smoke() {}

  /** Those rates that are below what {@code ssh -D} has by more than a bad day. */
  static List<Row> regressions(List<Row> rows) {
    return rows.stream()
        .filter(row -> row.name().endsWith("-rate"))
        .filter(row -> row.compared().orElseThrow().median() < LEAST)
        .toList();
  }
}
