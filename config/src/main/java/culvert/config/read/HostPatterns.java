package culvert.config.read;

import culvert.config.Cidr;
import culvert.config.Found;
import culvert.config.HostPattern;
import culvert.config.HostPattern.Glob;
import culvert.config.HostPattern.Regex;
import java.util.Locale;
import java.util.regex.Pattern;

/** Globs and regular expressions for host names. */
final class HostPatterns {
  private static final String EXPECTED = "a name, a glob such as *.example.com, or /regex/";
  private static final Pattern GLOB = Pattern.compile("[\\p{L}\\p{M}\\p{N}._:*?-]+");

  static final ValueType<HostPattern> TYPE = ValueTypes.scalar(EXPECTED, HostPatterns::parse);

  private HostPatterns() {}

  static HostPattern parse(String text) {
    if (text.startsWith("/")) {
      return regex(text);
    }
    if (text.indexOf('/') > 0 && isNetwork(text)) {
      throw new IllegalArgumentException(
          Found.shown(text) + " is a network (expected: " + EXPECTED + "; networks go to network)");
    }
    if (!GLOB.matcher(text).matches()) {
      throw ValueTypes.expected(text, EXPECTED);
    }
    return new Glob(text.toLowerCase(Locale.ROOT));
  }

  private static Regex regex(String text) {
    if (text.length() < 3 || !text.endsWith("/")) {
      throw ValueTypes.expected(text, "a regular expression between slashes, such as /mf[0-9]+/");
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

  private static boolean isNetwork(String text) {
    try {
      return Cidr.parse(text).prefixLength() >= 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
