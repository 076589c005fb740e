package culvert.config;

import java.util.regex.Pattern;

/**
 * Passwords that stand where none belongs, in the name of a host, a user or a file. What is shown
 * or written down goes through here.
 */
public final class PasswordsInText {
  private static final String MASK = "$1***$2";

  /** {@code ftp://user:password@host/}, as a path or in a message. */
  private static final Pattern IN_URL = Pattern.compile("(//[^/@:\\s]*:)[^/\\s]*(@)");

  /** {@code user:password@host}, as a user or a host, or in a message. */
  private static final Pattern BEFORE_HOST =
      Pattern.compile("(?<![^\\s\"'])([^/@:\\s]+:)[^/\\s]+(@)");

  private PasswordsInText() {}

  /** The text with {@code ***} in place of them. */
  public static String masked(String text) {
    if (text.indexOf('@') < 0 || text.indexOf(':') < 0) {
      return text;
    }
    return BEFORE_HOST.matcher(IN_URL.matcher(text).replaceAll(MASK)).replaceAll(MASK);
  }
}
