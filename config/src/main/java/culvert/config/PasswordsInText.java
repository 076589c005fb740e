package culvert.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passwords that stand where none belongs, in the name of a host, a user or a file. What is shown
 * or written down goes through here. A password may hold any character, a slash, a blank or an at
 * sign, too: it is taken to go on to the last at sign, and so rather too much is masked. Takes
 * linear time.
 */
public final class PasswordsInText {
  private static final String MASK = "***";

  private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*+://");

  /**
   * What stands before a password in a message: {@code //user:}, or, where a word begins, {@code
   * user:}, but for {@code host:port} and {@code [address]:port}, and for what ends with a colon.
   */
  private static final Pattern BEFORE =
      Pattern.compile(
          "//[^/:\\s]*+:"
              + "|(?<![^\\s\"'(<=,\\[])(?![0-9A-Fa-f:.]++(?:%\\w*+)?])[^/:\\s\\[\"'(<=,]++:"
              + "(?!\\s|//|[0-9]{1,5}(?:[\\s:,;)\"'/]|$))");

  private PasswordsInText() {}

  /** A name, and nothing else, with {@code ***} in place of its password, if it may have one. */
  public static String maskedName(String name) {
    Matcher scheme = SCHEME.matcher(name);
    int colon = name.indexOf(':', scheme.find() ? scheme.end() : 0);
    int at = name.lastIndexOf('@');
    return 0 <= colon && colon < at ? masked(name, colon + 1, at) : name;
  }

  /** A message with {@code ***} in place of passwords, and of what is between several. */
  public static String masked(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0 || text.lastIndexOf(':', at) < 0) {
      return text;
    }
    Matcher before =
        BEFORE.matcher(text).region(0, at).useTransparentBounds(true).useAnchoringBounds(false);
    return before.find() ? masked(text, before.end(), at) : text;
  }

  private static String masked(String text, int begin, int end) {
    return text.substring(0, begin) + MASK + text.substring(end);
  }
}
