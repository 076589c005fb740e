package culvert.config.ssh;

import culvert.config.ssh.Line.Word;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The arguments of one line, taken from left to right; what is wrong with them is reported. */
final class Arguments {
  private final Line line;
  private final List<Word> words;
  private final Report report;
  private final Surroundings surroundings;
  private int next;
  private boolean wrong;
  private boolean restIsTaken;

  Arguments(Line line, List<Word> words, Report report, Surroundings surroundings) {
    this.line = line;
    this.words = words;
    this.report = report;
    this.surroundings = surroundings;
  }

  Map<String, String> variables() {
    return surroundings.variables();
  }

  Path services() {
    return surroundings.services();
  }

  Line line() {
    return line;
  }

  boolean hasNext() {
    return next < words.size();
  }

  /** Whether something was wrong. */
  boolean wrong() {
    return wrong;
  }

  /** The next argument, empty if there is none, which is reported. */
  String next() {
    if (!hasNext()) {
      refuse(line.place(), "no argument");
      return "";
    }
    Word word = words.get(next++);
    if (word.text().isEmpty()) {
      refuse(word.place(), "an empty argument");
    } else if (word.text().indexOf(0) >= 0) {
      refuse(word.place(), "a NUL character");
    }
    return word.text();
  }

  /** The next argument through a parser, whose exception tells what had been expected. */
  <T> @Nullable T next(Function<String, T> parser) {
    String text = next();
    if (wrong) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      expected(text, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** The next argument, one of those words in any case; in lower case. */
  String word(Collection<String> choices) {
    String text = next();
    String lower = Ascii.lower(text);
    if (!wrong && !choices.contains(lower)) {
      expected(text, String.join(", ", choices) + report.didYouMean(lower, choices));
    }
    return lower;
  }

  /** The rest of the line, comment and quotes included. */
  String rest() {
    next = words.size();
    restIsTaken = true;
    return line.rest();
  }

  /** Nothing may be left. */
  void end() {
    if (hasNext() && !wrong) {
      refuse(
          words.get(next).place(), "more than it takes: " + report.shown(words.get(next).text()));
    }
  }

  /** The last argument is not what it should be. */
  void expected(String found, String expected) {
    refuse(place(), report.shown(found) + " (expected: " + expected + ")");
  }

  void refuse(String message) {
    refuse(place(), message);
  }

  /** The last argument has no effect, or another one. */
  void warn(String message) {
    report.warning(place(), line.keyword() + ": " + message);
  }

  /** The last argument is a list of algorithms. */
  void algorithms(List<String> items) {
    report.algorithms(place(), line.keyword(), items);
  }

  String shown(String text) {
    return report.shown(text);
  }

  private Place place() {
    return next == 0 ? line.place() : words.get(restIsTaken ? 0 : next - 1).place();
  }

  private void refuse(Place place, String message) {
    wrong = true;
    report.error(place, line.keyword() + ": " + message);
  }
}
