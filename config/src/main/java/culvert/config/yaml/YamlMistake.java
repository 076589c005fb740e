package culvert.config.yaml;

import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * A syntax error where it was made, which is not always where the parser could not go on: what is
 * not closed was opened somewhere.
 *
 * @param line from 1
 * @param column from 1
 */
record YamlMistake(int line, int column, String words) {
  private static final String NOT_CLOSED = "quotes that are not closed";

  static YamlMistake of(MarkedYAMLException e, String text, LoaderOptions options) {
    String words = YamlSyntax.explain(e);
    Mark problem = e.getProblemMark();
    @Nullable String found = e.getProblem();
    if (found == null) {
      return at(problem, words);
    }
    if (found.contains("expected <block end>, but found '<scalar>'")) {
      return behindQuotes(problem, text, options).orElse(at(problem, words));
    }
    if (found.contains("mapping values are not allowed here")) {
      return indented(problem, text, words);
    }
    @Nullable Mark context = e.getContextMark();
    return context != null && isMistakenThere(found, context, problem)
        ? at(context, words)
        : at(problem, words);
  }

  private static YamlMistake at(Mark mark, String words) {
    return new YamlMistake(mark.getLine() + 1, mark.getColumn() + 1, words);
  }

  private static boolean isMistakenThere(String found, Mark context, Mark problem) {
    if (found.contains("expected ',' or")) {
      return context.getLine() < problem.getLine();
    }
    return found.contains("unexpected end of stream")
        || found.contains("unexpected document separator")
        || found.contains("could not find expected ':'");
  }

  /**
   * Quotes that were closed by what should have opened other ones, on a later line; or text that
   * follows on quotes.
   */
  private static Optional<YamlMistake> behindQuotes(
      Mark problem, String text, LoaderOptions options) {
    @Nullable ScalarEvent last = null;
    try {
      for (Event event : new Yaml(options).parse(new StringReader(text))) {
        if (event instanceof ScalarEvent scalar) {
          last = scalar;
        }
      }
    } catch (YAMLException e) {
      return Optional.ofNullable(last)
          .filter(scalar -> isQuoted(scalar) && scalar.getEndMark().getLine() == problem.getLine())
          .map(
              scalar ->
                  scalar.getStartMark().getLine() < problem.getLine()
                      ? at(scalar.getStartMark(), NOT_CLOSED)
                      : at(problem, "text behind closing quotes"));
    }
    return Optional.empty();
  }

  private static boolean isQuoted(ScalarEvent scalar) {
    return List.of(ScalarStyle.SINGLE_QUOTED, ScalarStyle.DOUBLE_QUOTED)
        .contains(scalar.getScalarStyle());
  }

  /** Where a key stands alone in its line, it is the line that begins at the wrong place. */
  private static YamlMistake indented(Mark problem, String text, String words) {
    String line = text.lines().skip(problem.getLine()).findFirst().orElse("");
    int end =
        line.offsetByCodePoints(
            0, Math.min(problem.getColumn(), line.codePointCount(0, line.length())));
    String key = line.substring(0, end).stripLeading();
    return key.contains(": ") || key.startsWith("- ") || key.startsWith("? ")
        ? at(problem, words)
        : new YamlMistake(
            problem.getLine() + 1,
            problem.getColumn() + 1 - key.codePointCount(0, key.length()),
            words);
  }
}
