package culvert.bench.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows as a table in Markdown. Values are medians; the spread goes from the least to the greatest
 * of the rounds. What does not reach what it has to is bold.
 */
public final class Table {
  private static final List<String> HEAD =
      List.of("what", "Culvert", "beside it", "ratio", "spread", "at least", "aim");
  private static final String RULE = "|---|--:|--:|--:|---|---|---|";

  private Table() {}

  public static String of(List<Row> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(line(HEAD));
    lines.add(RULE);
    rows.forEach(row -> lines.add(line(cells(row))));
    return String.join("\n", lines) + "\n";
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  private static List<String> cells(Row row) {
    boolean missed = !row.met().orElse(true);
    Optional<Target> target = row.target();
    boolean byCulvert = target.stream().anyMatch(one -> one.of() == Target.Of.CULVERT);
    return List.of(
        row.what(),
        bold(Numbers.plain(row.culvert().median()), missed && byCulvert),
        row.beside().map(Table::beside).orElse(""),
        row.compared()
            .map(values -> bold(text(row, values.median()), missed && !byCulvert))
            .orElse(""),
        spread(row),
        target.map(one -> one.sign() + text(row, one, one.least())).orElse(""),
        target.map(one -> one.sign() + text(row, one, one.aim())).orElse(""));
  }

  private static String beside(Row.Beside other) {
    return other.program() + " " + Numbers.plain(other.samples().median());
  }

  private static String spread(Row row) {
    return row.compared()
        .map(values -> text(row, values.min()) + " to " + text(row, values.max()))
        .orElse(Numbers.plain(row.culvert().min()) + " to " + Numbers.plain(row.culvert().max()));
  }

  private static String text(Row row, Target target, double value) {
    return target.of() == Target.Of.CULVERT ? Numbers.plain(value) : text(row, value);
  }

  private static String text(Row row, double value) {
    return row.beside().orElseThrow().comparison().text(value);
  }

  private static String bold(String text, boolean really) {
    return really ? "**" + text + "**" : text;
  }
}
