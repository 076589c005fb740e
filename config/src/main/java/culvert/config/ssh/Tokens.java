package culvert.config.ssh;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What values are expanded with: {@code %h} and the like, {@code ${NAME}}. */
final class Tokens {
  /** Of the host, for files. */
  static final String FOR_FILES = "dhiklLnprujC";

  /** Those of them that are expanded here. */
  static final String UNDERSTOOD = "dhknpru";

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)(}?)");

  private Tokens() {}

  /** Why the text cannot be expanded. */
  static Optional<String> problem(String text, String tokens) {
    for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 2)) {
      String token = text.substring(i, Math.min(i + 2, text.length()));
      if (token.length() < 2 || ("%" + tokens).indexOf(token.charAt(1)) < 0) {
        return Optional.of(token);
      }
    }
    return Optional.empty();
  }

  /** The first variable that is not set, or that has no name. */
  static Optional<String> unsetVariable(String text, Map<String, String> variables) {
    Matcher matcher = VARIABLE.matcher(text);
    while (matcher.find()) {
      if (matcher.group(2).isEmpty() || !variables.containsKey(matcher.group(1))) {
        return Optional.of(matcher.group());
      }
    }
    return Optional.empty();
  }

  /** The value of {@code HostName}, in which variables mean nothing. */
  static String hostName(String value, String host) {
    StringBuilder expanded = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%' && i + 1 < value.length()) {
        expanded.append(value.charAt(++i) == 'h' ? host : "%");
      } else {
        expanded.append(c);
      }
    }
    return expanded.toString();
  }

  /** Text of which {@link #hostName} makes itself. */
  static String escaped(String text) {
    return text.replace("%", "%%");
  }

  /** Everything in one pass, so that nothing that is put in is expanded again; empty: it cannot. */
  static Optional<String> expand(
      String text, Map<Character, String> tokens, Map<String, String> variables) {
    StringBuilder expanded = new StringBuilder();
    Matcher variable = VARIABLE.matcher(text);
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      @Nullable String value = String.valueOf(c);
      int end = i + 1;
      if (c == '%' && end < text.length()) {
        char token = text.charAt(end++);
        value = token == '%' ? "%" : tokens.get(token);
      } else if (c == '$' && variable.region(i, text.length()).lookingAt()) {
        value = variables.get(variable.group(1));
        end = variable.end();
      }
      if (value == null) {
        return Optional.empty();
      }
      expanded.append(value);
      i = end;
    }
    return Optional.of(expanded.toString());
  }
}
