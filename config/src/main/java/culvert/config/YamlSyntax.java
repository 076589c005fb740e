package culvert.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * SnakeYAML's syntax errors in words for a person. Never with a piece of the file: where a password
 * begins with {@code *} or {@code !}, it is the password that cannot be parsed.
 */
final class YamlSyntax {
  private record Explanation(String problem, String words) {}

  private static final List<Explanation> EXPLANATIONS =
      List.of(
          new Explanation(
              "found undefined alias",
              "undefined alias (a value that starts with * must be quoted)"),
          new Explanation(
              "found undefined tag handle",
              "undefined tag (a value that starts with ! must be quoted)"),
          new Explanation("found character '\\t", "a tab (expected: spaces)"),
          new Explanation(
              "found character '", "this character cannot start a value (it must be quoted)"),
          new Explanation(
              "mapping values are not allowed here",
              "a key is not allowed here (check the indentation, and quote text that holds \": \")"),
          new Explanation("could not find expected ':'", "a key without \":\""),
          new Explanation(
              "but found another document", "a second document (expected: one document)"),
          new Explanation("expected <block end>", "wrong indentation, or a stray character"),
          new Explanation("expected ',' or ']'", "a list that is not closed (expected: , or ])"),
          new Explanation("expected ',' or '}'", "a mapping that is not closed (expected: , or })"),
          new Explanation(
              "expected the node content",
              "a value is missing, or begins with a character that must be quoted"),
          new Explanation("found unexpected end of stream", "quotes that are not closed"));

  private YamlSyntax() {}

  static String explain(MarkedYAMLException e) {
    @Nullable String problem = e.getProblem();
    if (problem == null) {
      return "syntax error";
    }
    return EXPLANATIONS.stream()
        .filter(explanation -> problem.contains(explanation.problem()))
        .findFirst()
        .map(Explanation::words)
        .orElseGet(() -> problem.contains("found ") ? "syntax error" : problem);
  }
}
