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

  /** Any other one is taken for a user, whose password begins with slashes. */
  private static final Pattern SCHEME =
      Pattern.compile("^(?:ftp|ftps|ftpes|sftp|scp|ssh|http|https)://", Pattern.CASE_INSENSITIVE);

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
    int colon = colon(name);
    int at = name.lastIndexOf('@');
    return 0 <= colon && colon < at ? masked(name, colon + 1, at) : name;
  }

  /** The same of a user: its host may have been cut off, and no user has a colon. */
  public static String maskedUser(String user) {
    int colon = colon(user);
    return 0 <= colon && user.indexOf('@') < 0
        ? masked(user, colon + 1, user.length())
        : maskedName(user);
  }

  private static int colon(String name) {
    Matcher scheme = SCHEME.matcher(name);
    return name.indexOf(':', scheme.find() ? scheme.end() : 0);
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
