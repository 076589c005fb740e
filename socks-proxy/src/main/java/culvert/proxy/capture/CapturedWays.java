package culvert.proxy.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the sets of a table are to hold, and how that is said to nft; a table that is new gets it
 * all. Thread-safe; whoever changes it hands the commands over before somebody else does, for their
 * order counts.
 */
final class CapturedWays {
  private final String table;
  private final List<String> sets;
  private final LongSupplier nanoTime;
  private final Map<SetElement, Integer> open = new HashMap<>();
  private final Map<SetElement, Long> late = new HashMap<>(); // until when they stay

  /**
   * @param table with its family
   */
  CapturedWays(String table, List<String> sets) {
    this(table, sets, System::nanoTime);
  }

  CapturedWays(String table, List<String> sets, LongSupplier nanoTime) {
    this.table = table;
    this.sets = List.copyOf(sets);
    this.nanoTime = nanoTime;
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
    if (left != null) {
      return List.of();
    }
    forgetOver();
    late.put(element, nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(seconds));
    return added(element, timeout(seconds));
  }

  private void forgetOver() {
    long now = nanoTime.getAsLong();
    late.values().removeIf(until -> until - now <= 0);
  }

  private static String timeout(long seconds) {
    return " timeout " + seconds + "s";
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
    open.keySet().forEach(element -> entered(bySet, element).add(element.text()));
    forgetOver();
    long now = nanoTime.getAsLong();
    late.forEach(
        (element, until) -> {
          if (!open.containsKey(element)) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(until - now) + 1; // rather too long
            entered(bySet, element).add(element.text() + timeout(seconds));
          }
        });
    List<String> commands = new ArrayList<>();
    bySet.forEach(
        (set, elements) -> {
          String whole = table + " " + set;
          commands.add("flush set " + whole);
          if (!elements.isEmpty()) {
            commands.add("add element " + whole + " { " + String.join(", ", elements) + " }");
          }
        });
    return commands;
  }

  private static List<String> entered(Map<String, List<String>> bySet, SetElement element) {
    return bySet.computeIfAbsent(element.set(), set -> new ArrayList<>());
  }

  /** One that is there cannot be given another time: it is made anew. */
  private List<String> added(SetElement element, String timeout) {
    String of = table + " " + element.set() + " { " + element.text();
    return List.of(
        "add element " + of + " }",
        "delete element " + of + " }",
        "add element " + of + timeout + " }");
  }
}
