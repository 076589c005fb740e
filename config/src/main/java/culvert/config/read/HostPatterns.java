package culvert.config.read;

import culvert.config.Found;
import culvert.config.HostPattern;
import culvert.config.HostPattern.Glob;
import culvert.config.HostPattern.Regex;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Globs and regular expressions for host names. */
final class HostPatterns {
  private static final String EXPECTED = "a name, a glob such as *.example.com, or /regex/";
  private static final Pattern GLOB = Pattern.compile("[\\p{L}\\p{M}\\p{N}._:*?-]+");
  private static final Pattern IPV4 = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
  private static final Pattern IPV6_GLOB = Pattern.compile("[0-9A-Fa-f:.*?]+");

  /** A port behind the name, in a regular expression that is not about IPv6 addresses. */
  private static final Pattern REGEX_WITH_PORT = Pattern.compile("[^:]*[^:?]:([0-9]+)\\$?");

  static final ValueType<HostPattern> TYPE = ValueTypes.scalar(EXPECTED, HostPatterns::parse);

  private HostPatterns() {}

  /** Refuses what could match no host. */
  static HostPattern parse(String text) {
    if (text.startsWith("/")) {
      return regex(text);
    }
    if (text.indexOf('/') > 0 && HostRemedies.isNetwork(text)) {
      throw new IllegalArgumentException(
          Found.shown(text) + " is a network (expected: " + EXPECTED + "; networks go to network)");
    }
    HostRemedies.of(text)
        .ifPresent(
            expected -> {
              throw new IllegalArgumentException(
                  HostRemedies.found(text) + " (expected: " + expected + ")");
            });
    if (!GLOB.matcher(text).matches() || isNoAddress(text)) {
      throw ValueTypes.expected(text, EXPECTED);
    }
    return new Glob(text.toLowerCase(Locale.ROOT));
  }

  /** What only an address can be, and is none. */
  private static boolean isNoAddress(String text) {
    if (text.indexOf(':') < 0) {
      return IPV4.matcher(text).matches() && !HostRemedies.isNetwork(text);
    }
    return !IPV6_GLOB.matcher(text).matches()
        || (text.indexOf('*') < 0 && text.indexOf('?') < 0 && !HostRemedies.isNetwork(text));
  }

  private static Regex regex(String text) {
    if (text.length() < 3 || !text.endsWith("/")) {
      throw ValueTypes.expected(text, "a regular expression between slashes, such as /mf[0-9]+/");
    }
    String regex = text.substring(1, text.length() - 1);
    Matcher port = REGEX_WITH_PORT.matcher(regex);
    if (port.matches()) {
      throw ValueTypes.expected(
          text, "a host without a port; write port: " + port.group(1) + " beside it");
    }
    if (regex.replace("\\", "").contains("://")) {
      throw ValueTypes.expected(text, "a host without a scheme");
    }
    try {
      return Regex.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Found.shown(text)
              + " (expected: a regular expression in RE2 syntax; "
              + e.getMessage()
              + ")",
          e);
    }
  }
}
