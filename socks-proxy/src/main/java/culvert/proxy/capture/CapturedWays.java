package culvert.proxy.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What sets are to hold, and how that is said to nft; a table that is new gets it all. Thread-safe;
 * whoever changes it hands the commands over before somebody else does, for their order counts.
 */
final class CapturedWays {
  private final List<String> sets;
  private final Map<SetElement, Integer> open = new HashMap<>();

  /**
   * @param sets their names, with their tables
   */
  CapturedWays(List<String> sets) {
    this.sets = List.copyOf(sets);
  }

  /** Commands for one, whether it is new or not: what has made it might have failed. */
  synchronized List<String> open(SetElement element) {
    open.merge(element, 1, Integer::sum);
    return added(element, "");
  }

  /**
   * Commands for one that nobody needs any more; empty: somebody does.
   *
   * @param seconds for which it stays, nevertheless
   */
  synchronized List<String> giveUp(SetElement element, long seconds) {
    Integer left = open.computeIfPresent(element, (w, count) -> count > 1 ? count - 1 : null);
    return left != null ? List.of() : added(element, " timeout " + seconds + "s");
  }

  /** It could not be opened. */
  synchronized void failed(SetElement element) {
    open.computeIfPresent(element, (w, count) -> count > 1 ? count - 1 : null);
  }

  synchronized boolean isEmpty() {
    return open.isEmpty();
  }

  /** Commands for the sets, which may hold what is long over. */
  synchronized List<String> all() {
    Map<String, List<String>> bySet = new TreeMap<>();
    sets.forEach(set -> bySet.put(set, new ArrayList<>()));
    for (SetElement element : open.keySet()) {
      bySet.computeIfAbsent(element.set(), set -> new ArrayList<>()).add(element.text());
    }
    List<String> commands = new ArrayList<>();
    bySet.forEach(
        (set, elements) -> {
          commands.add("flush set " + set);
          if (!elements.isEmpty()) {
            commands.add("add element " + set + " { " + String.join(", ", elements) + " }");
          }
        });
    return commands;
  }

  /** One that is there cannot be given another time: it is made anew. */
  private static List<String> added(SetElement element, String timeout) {
    String of = element.set() + " { " + element.text();
    return List.of(
        "add element " + of + " }",
        "delete element " + of + " }",
        "add element " + of + timeout + " }");
  }
}
