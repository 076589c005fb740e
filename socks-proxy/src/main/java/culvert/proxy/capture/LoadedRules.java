package culvert.proxy.capture;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many rules a loaded table has, by its listing. */
final class LoadedRules {
  private static final Pattern CHAIN = Pattern.compile("\\tchain (\\S+) \\{.*");

  private LoadedRules() {}

  /** By chain. */
  static Map<String, Integer> count(String listing) {
    Map<String, Integer> rules = new LinkedHashMap<>();
    String chain = "";
    for (String line : listing.lines().toList()) {
      Matcher begins = CHAIN.matcher(line);
      if (begins.matches()) {
        chain = begins.group(1);
        rules.put(chain, 0);
      } else if (line.startsWith("\t}")) {
        chain = "";
      } else if (!chain.isEmpty() && !line.isBlank() && !line.startsWith("\t\ttype ")) {
        rules.merge(chain, 1, Integer::sum);
      }
    }
    return rules;
  }
}
