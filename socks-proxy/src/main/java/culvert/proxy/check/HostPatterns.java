package culvert.proxy.check;

import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.ConfigResult.Loaded;
import culvert.config.HostPattern;
import culvert.config.ListenerConfig;
import culvert.config.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Patterns of host names where clients are captured, of whom only an address is known. Pure. */
public final class HostPatterns {
  private static final Pattern OF_IPV4 = Pattern.compile("[0-9.*?]+");
  private static final Pattern OF_IPV6 = Pattern.compile("[0-9a-f:*?]+");

  /** What stands for something else in a regular expression, whatever letters it has. */
  private static final Pattern SYMBOLS =
      Pattern.compile(
          "\\[(?:\\\\.|[^\\]\\\\])*\\]|\\\\[pP]\\{[^}]*\\}|\\\\.|\\(\\?[a-zA-Z<>:-]*[:>)]?");

  private static final Pattern OF_NAMES_ONLY = Pattern.compile(".*[g-zG-Z].*");

  private HostPatterns() {}

  /** Warnings of those that match no captured connection, in the order of the rules. */
  public static List<ConfigProblem> in(Loaded loaded) {
    Set<String> redirects = ListenerConfig.Redirect.names(loaded.config().listeners());
    List<ConfigProblem> found = new ArrayList<>();
    for (int i = 0; i < loaded.config().rules().size(); i++) {
      Match match = loaded.config().rules().get(i).match();
      if (match.isForAnyOf(redirects)) {
        for (int j = 0; j < match.hosts().size(); j++) {
          if (isOfNamesOnly(match.hosts().get(j))) {
            String[] path = {"rules", "" + i, "match", "host", "" + j};
            found.add(warning(loaded, match.hosts().get(j), path));
          }
        }
      }
    }
    return found;
  }

  private static ConfigProblem warning(Loaded loaded, HostPattern pattern, String... path) {
    return new ConfigProblem(
        Severity.WARNING,
        loaded.written().location(path),
        "host: "
            + pattern.text()
            + " matches no captured connection, of which only the address is known (expected: whole"
            + " names, or network; or listener, if the rule is not for redirect)");
  }

  /** A name without wildcards is looked up; what may match digits, may match an address. */
  private static boolean isOfNamesOnly(HostPattern pattern) {
    if (pattern instanceof HostPattern.Glob glob) {
      return !glob.isLiteral()
          && !OF_IPV4.matcher(glob.text()).matches()
          && !OF_IPV6.matcher(glob.text()).matches();
    }
    String letters = SYMBOLS.matcher(pattern.text()).replaceAll("");
    return OF_NAMES_ONLY.matcher(letters).matches();
  }
}
