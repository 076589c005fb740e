package culvert.proxy.capture;

import culvert.proxy.ftp.passive.CapturedData.Way;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which data connections are to be captured, and how that is said to nft. What it holds in the end
 * is in the sets of the table, too; a table that is new gets it all. Thread-safe; whoever changes
 * it hands the commands over before somebody else does, for their order counts.
 */
final class CapturedWays {
  private final Map<Way, Integer> open = new HashMap<>();

  /** Commands for a way, whether it is new or not: what has made it might have failed. */
  synchronized List<String> open(Way way) {
    open.merge(way, 1, Integer::sum);
    return added(way, "");
  }

  /**
   * Commands for one that nobody needs any more; empty: somebody does.
   *
   * @param seconds for which it stays, nevertheless
   */
  synchronized List<String> giveUp(Way way, long seconds) {
    Integer left = open.computeIfPresent(way, (w, count) -> count > 1 ? count - 1 : null);
    return left != null ? List.of() : added(way, " timeout " + seconds + "s");
  }

  /** It could not be opened. */
  synchronized void failed(Way way) {
    open.computeIfPresent(way, (w, count) -> count > 1 ? count - 1 : null);
  }

  /** Commands for sets that may hold what is long over. */
  synchronized List<String> all() {
    Map<String, List<String>> bySet = new TreeMap<>();
    for (IpFamily family : IpFamily.values()) {
      bySet.put("data" + family.digit, new ArrayList<>());
      bySet.put("held" + family.digit, new ArrayList<>());
    }
    for (Way way : open.keySet()) {
      bySet.computeIfAbsent(set(way), set -> new ArrayList<>()).add(element(way));
    }
    List<String> commands = new ArrayList<>();
    bySet.forEach(
        (set, elements) -> {
          commands.add("flush set " + CapturePlan.TABLE + " " + set);
          if (!elements.isEmpty()) {
            commands.add(
                "add element "
                    + CapturePlan.TABLE
                    + " "
                    + set
                    + " { "
                    + String.join(", ", elements)
                    + " }");
          }
        });
    return commands;
  }

  /** One that is there cannot be given another time: it is made anew. */
  private static List<String> added(Way way, String timeout) {
    String of = CapturePlan.TABLE + " " + set(way) + " { " + element(way);
    return List.of(
        "add element " + of + " }",
        "delete element " + of + " }",
        "add element " + of + timeout + " }");
  }

  private static String set(Way way) {
    return (way.port().isPresent() ? "data" : "held") + IpFamily.of(way.server()).digit;
  }

  private static String element(Way way) {
    String server = IpFamily.text(way.server());
    return way.port().isPresent() ? server + " . " + way.port().getAsInt() : server;
  }
}
