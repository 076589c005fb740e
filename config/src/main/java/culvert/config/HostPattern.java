package culvert.config;

import java.util.regex.Pattern;

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
   * Written {@code /.../}; the whole name must match.
   *
   * @param pattern compiled case-insensitively, without the slashes
   */
  record Regex(String text, Pattern pattern) implements HostPattern {
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
