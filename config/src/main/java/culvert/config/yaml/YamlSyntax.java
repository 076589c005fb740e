package culvert.config.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * SnakeYAML's syntax errors in words for a person. Never with a piece of the file: where a password
 * begins with {@code *} or {@code !}, it is the password that cannot be parsed.
 */
final class YamlSyntax {
  private record Explanation(String problem, String words) {}

  private static final String QUOTE = " (a value that starts with %s must be quoted)";

  /** What SnakeYAML's messages contain; the first that fits is taken. */
  private static final List<Explanation> EXPLANATIONS =
      List.of(
          new Explanation("found undefined alias", "undefined alias" + QUOTE.formatted("*")),
          new Explanation("alphabetic or numeric", "a nameless alias" + QUOTE.formatted("* or &")),
          new Explanation(
              "unexpected character found", "a stray character" + QUOTE.formatted("* or &")),
          new Explanation("Global tag is not allowed", "a tag" + QUOTE.formatted("!")),
          new Explanation("undefined tag handle", "a tag" + QUOTE.formatted("!")),
          new Explanation("expected URI", "a tag" + QUOTE.formatted("!")),
          new Explanation("expected '!'", "a tag" + QUOTE.formatted("!")),
          new Explanation("found character '\\t", "a tab (expected: spaces)"),
          new Explanation("cannot start any token", "a value starts so that it must be quoted"),
          new Explanation(
              "mapping values are not allowed here",
              "a key is not allowed here (check the indentation, and quote text that holds \": \")"),
          new Explanation("are not allowed here", "not allowed here (check the indentation)"),
          new Explanation("could not find expected ':'", "a key without \":\""),
          new Explanation("found another document", "a second document (expected: one document)"),
          new Explanation("expected <block end>", "wrong indentation, or a stray character"),
          new Explanation("expected ',' or ']'", "a list that is not closed (expected: , or ])"),
          new Explanation("expected ',' or '}'", "a mapping that is not closed (expected: , or })"),
          new Explanation(
              "expected the node content",
              "a value is missing, or starts so that it must be quoted"),
          new Explanation("unexpected end of stream", "quotes that are not closed"),
          new Explanation("unexpected document separator", "quotes that are not closed"),
          new Explanation("unknown escape character", "an unknown escape (in \"\", \\ is \\\\)"),
          new Explanation("hexadecimal numbers", "an unknown escape (in \"\", \\ is \\\\)"),
          new Explanation("chomping or indentation", "wrong block text (after | or >)"),
          new Explanation("comment or a line break", "wrong block text (after | or >)"),
          new Explanation("Number of aliases", "too many aliases"),
          new Explanation("Nesting Depth", "nested too deeply"),
          new Explanation("exceeds the limit", "too large"));

  private YamlSyntax() {}

  static String explain(YAMLException e) {
    @Nullable String problem =
        e instanceof MarkedYAMLException marked ? marked.getProblem() : e.getMessage();
    if (problem == null) {
      return "syntax error";
    }
    return EXPLANATIONS.stream()
        .filter(explanation -> problem.contains(explanation.problem()))
        .findFirst()
        .map(Explanation::words)
        .orElse("syntax error");
  }
}
