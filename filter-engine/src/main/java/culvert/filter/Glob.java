package culvert.filter;

import java.util.Optional;

/**
 * A host glob: {@code *} stands for any characters, dots too, {@code ?} for exactly one.
 *
 * @param text in canonical spelling
 */
record Glob(String text) {

  static Glob of(String text) {
    return new Glob(Subject.canonical(text));
  }

  boolean isLiteral() {
    return text.indexOf('*') < 0 && text.indexOf('?') < 0;
  }

  /** Whether any name at all matches. */
  boolean isAnything() {
    return !text.isEmpty() && text.chars().allMatch(c -> c == '*');
  }

  /** {@code x.y} of {@code *.x.y}: then the ending is all there is to compare. */
  Optional<String> plainSuffix() {
    return text.startsWith("*.") && new Glob(text.substring(2)).isLiteral()
        ? Optional.of(text.substring(2))
        : Optional.empty();
  }

  boolean matches(String host) {
    return matches(host, true);
  }

  /**
   * Whether every name that {@code other} matches, this one matches. True is a proof; false may be
   * ignorance. The other's wildcards are symbols that only {@code *} takes, but that {@code ?} also
   * takes {@code ?}.
   */
  boolean covers(Glob other) {
    return matches(other.text, false);
  }

  /** Backtracks to the last star only, which suffices: at most pattern times text steps. */
  private boolean matches(String subject, boolean questionMarkTakesStar) {
    int p = 0;
    int s = 0;
    int star = -1;
    int resume = 0;
    while (s < subject.length()) {
      if (p < text.length() && text.charAt(p) == '*') {
        star = p++;
        resume = s;
      } else if (p < text.length()
          && takes(text.charAt(p), subject.charAt(s), questionMarkTakesStar)) {
        p++;
        s++;
      } else if (star >= 0) {
        p = star + 1;
        s = ++resume;
      } else {
        return false;
      }
    }
    while (p < text.length() && text.charAt(p) == '*') {
      p++;
    }
    return p == text.length();
  }

  private static boolean takes(char pattern, char c, boolean questionMarkTakesStar) {
    return pattern == '?' ? questionMarkTakesStar || c != '*' : pattern == c;
  }

  /** The labels that every matching name ends with, as {@code x.y} of {@code mf*.x.y}. */
  Optional<String> lastLabels() {
    int wildcard = Math.max(text.lastIndexOf('*'), text.lastIndexOf('?'));
    int dot = text.indexOf('.', wildcard + 1);
    return wildcard < 0 || dot < 0 ? Optional.empty() : Optional.of(text.substring(dot + 1));
  }

  /** The labels that every matching name begins with, as {@code ftp} of {@code ftp.*}. */
  Optional<String> firstLabels() {
    int star = text.indexOf('*');
    int question = text.indexOf('?');
    int wildcard = star < 0 || (question >= 0 && question < star) ? question : star;
    int dot = wildcard < 0 ? -1 : text.lastIndexOf('.', wildcard);
    return dot < 0 ? Optional.empty() : Optional.of(text.substring(0, dot));
  }
}
