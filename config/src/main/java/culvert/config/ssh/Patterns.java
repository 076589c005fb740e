package culvert.config.ssh;

/** Patterns of ssh_config(5): {@code *} and {@code ?}, and lists of them with {@code !}. */
final class Patterns {
  enum Verdict {
    NO_MATCH,
    MATCH,
    /** A negated pattern matches, whatever else does. */
    EXCLUDED
  }

  private Patterns() {}

  /** In time linear in the product of both lengths, whatever the pattern. */
  static boolean matches(String text, String pattern) {
    int t = 0;
    int p = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** A list with commas. */
  static Verdict list(String text, String patterns) {
    boolean matched = false;
    for (String pattern : patterns.split(",", -1)) {
      boolean negated = pattern.startsWith("!");
      if (matches(text, negated ? pattern.substring(1) : pattern)) {
        if (negated) {
          return Verdict.EXCLUDED;
        }
        matched = true;
      }
    }
    return matched ? Verdict.MATCH : Verdict.NO_MATCH;
  }

  /** Names of hosts, where case does not matter. */
  static boolean host(String host, String patterns) {
    return list(Ascii.lower(host), Ascii.lower(patterns)) == Verdict.MATCH;
  }
}
