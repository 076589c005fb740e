package culvert.config;

import com.google.re2j.Pattern;

/** A pattern for the host name a client gave; case-insensitive. */
public sealed interface HostPattern {

  /** As written in the file. */
  String text();

  /**
   * {@code *} stands for any characters, dots too, {@code ?} for exactly one.
   *
   * @param text in lower case
   */
  record Glob(String text) implements HostPattern {

    /** Whether the pattern is a plain name. */
    public boolean isLiteral() {
      return text.indexOf('*') < 0 && text.indexOf('?') < 0;
    }
  }

  /**
   * Written {@code /.../}, in RE2's syntax; the whole name must match.
   *
   * @param pattern compiled case-insensitively, without the slashes
   */
  record Regex(String text, Pattern pattern) implements HostPattern {

    /**
     * Compiles what stands between slashes.
     *
     * @throws IllegalArgumentException says what is wrong with it
     */
    public static Regex of(String text) {
      return new Regex(text, LinearRegex.compile(text.substring(1, text.length() - 1)));
    }

    /** In time linear in the length of the name, whatever the pattern. */
    public boolean matches(String name) {
      return pattern.matches(name);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Regex regex && regex.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }
  }
}
