package culvert.proxy.audit;

import java.util.regex.Pattern;

/** Keeps passwords out of the trail that stand where none belongs. */
final class Secrets {
  private static final String MASK = "$1***$2";

  /** {@code ftp://user:password@host/}, as a path or in a message. */
  private static final Pattern IN_URL = Pattern.compile("(//[^/@:\\s]*:)[^/\\s]*(@)");

  /** {@code user:password@host}, as a user or a host, or in a message. */
  private static final Pattern BEFORE_HOST =
      Pattern.compile("(?<![^\\s\"'])([^/@:\\s]+:)[^/\\s]+(@)");

  private Secrets() {}

  static String masked(String text) {
    if (text.indexOf('@') < 0 || text.indexOf(':') < 0) {
      return text;
    }
    return BEFORE_HOST.matcher(IN_URL.matcher(text).replaceAll(MASK)).replaceAll(MASK);
  }
}
