package culvert.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Compiles regular expressions that are matched in linear time. RE2/J refuses what that excludes;
 * what it would take for something else than Java's own expressions mean by it, or would swell to
 * gigabytes, is found by reading the expression here first. Positions count from 1 and include the
 * slash before the expression.
 */
final class LinearRegex {
  /** No name of 253 octets needs more, and they cost no more than milliseconds. */
  private static final int MAX_STEPS = 5000;

  private static final int MAX_DEPTH = 100;
  private static final Pattern COUNT = Pattern.compile("\\{([0-9]{1,4})(,?)([0-9]{0,4})\\}");
  private static final String CASE_INSENSITIVE = "(?i)";

  private final String regex;
  private int at;

  private LinearRegex(String regex) {
    this.regex = regex;
  }

  /**
   * Case-insensitively.
   *
   * @throws IllegalArgumentException says what is wrong, or is not supported
   */
  static Pattern compile(String regex) {
    LinearRegex reader = new LinearRegex(regex);
    long steps = reader.alternatives(0);
    if (reader.at < regex.length()) {
      throw new IllegalArgumentException("unmatched ) at character " + position(reader.at));
    }
    if (steps > MAX_STEPS) {
      throw new IllegalArgumentException(
          "with its repetitions written out it has more than " + MAX_STEPS + " steps");
    }
    try {
      return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(reason(e), e);
    }
  }

  private static String reason(PatternSyntaxException e) {
    String where = e.getPattern();
    if (where.startsWith(CASE_INSENSITIVE)) { // RE2/J's own
      where = where.substring(CASE_INSENSITIVE.length());
    }
    return where.isEmpty() ? e.getDescription() : e.getDescription() + ": " + where;
  }

  private static int position(int index) {
    return index + 2;
  }

  private IllegalArgumentException notSupported(String what, int index) {
    return new IllegalArgumentException(
        what + ", at character " + position(index) + ", is not supported");
  }

  /** Up to the end of the group; about how many steps they take. */
  private long alternatives(int depth) {
    long steps = 0;
    long last = 0;
    while (at < regex.length() && regex.charAt(at) != ')') {
      char c = regex.charAt(at);
      if (c == '*' || c == '+' || c == '?' || isCount()) {
        last = quantified(last);
        continue;
      }
      steps = Math.min(steps + last, Integer.MAX_VALUE);
      last =
          switch (c) {
            case '(' -> group(depth);
            case '[' -> characterClass();
            case '\\' -> escape();
            default -> literal();
          };
    }
    return Math.min(steps + last, Integer.MAX_VALUE);
  }

  private long literal() {
    at++;
    return 1;
  }

  private long group(int depth) {
    int start = at;
    if (depth == MAX_DEPTH) {
      throw notSupported("more than " + MAX_DEPTH + " groups within each other", start);
    }
    if (regex.startsWith("(?=", at) || regex.startsWith("(?!", at)) {
      throw notSupported("look-ahead", start);
    }
    if (regex.startsWith("(?<=", at) || regex.startsWith("(?<!", at)) {
      throw notSupported("look-behind", start);
    }
    if (regex.startsWith("(?>", at)) {
      throw notSupported("an atomic group", start);
    }
    at += regex.startsWith("(?", at) ? 2 : 1;
    long steps = alternatives(depth + 1) + 2;
    at = Math.min(at + 1, regex.length());
    return steps;
  }

  private boolean isCount() {
    return COUNT.matcher(regex.substring(at, Math.min(at + 12, regex.length()))).lookingAt();
  }

  private long quantified(long steps) {
    int start = at;
    long times = 1;
    if (regex.charAt(at) == '{') {
      var count = COUNT.matcher(regex.substring(at, Math.min(at + 12, regex.length())));
      count.lookingAt();
      int most = count.group(3).isEmpty() ? 0 : Integer.parseInt(count.group(3));
      times = Math.max(1, Math.max(Integer.parseInt(count.group(1)), most));
      at += count.end();
    } else {
      at++;
    }
    if (at < regex.length() && regex.charAt(at) == '+') {
      throw notSupported("a possessive quantifier", start);
    }
    return Math.min((steps + 1) * times, Integer.MAX_VALUE);
  }

  private long escape() {
    int start = at;
    char c = at + 1 < regex.length() ? regex.charAt(at + 1) : 0;
    if ((c >= '1' && c <= '9') || c == 'k') {
      throw notSupported("a back reference", start);
    }
    if (c == 'Q') {
      int end = regex.indexOf("\\E", at);
      at = end < 0 ? regex.length() : end + 2;
      return (long) at - start;
    }
    at = Math.min(at + 2, regex.length());
    if ((c == 'p' || c == 'P' || c == 'x') && at < regex.length() && regex.charAt(at) == '{') {
      int end = regex.indexOf('}', at);
      at = end < 0 ? regex.length() : end + 1;
    }
    return 1;
  }

  /** Java's [a[b]] and [a&&[b]] mean something else to RE2. */
  private long characterClass() {
    int start = at++;
    at += regex.startsWith("^", at) ? 1 : 0;
    for (int first = at; at < regex.length(); at++) {
      char c = regex.charAt(at);
      if (c == ']' && at > first) {
        at++;
        return 1;
      }
      if (regex.startsWith("&&", at)) {
        throw notSupported("an intersection of character classes", at);
      }
      if (c == '[') {
        int end = regex.startsWith("[:", at) ? regex.indexOf(":]", at) : -1;
        if (end < 0) {
          throw notSupported("a [ in a character class without a backslash", at);
        }
        at = end + 1;
      } else if (c == '\\') {
        at++;
      }
    }
    throw new IllegalArgumentException("unclosed character class at character " + position(start));
  }
}
