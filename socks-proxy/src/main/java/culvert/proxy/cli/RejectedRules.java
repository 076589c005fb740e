package culvert.proxy.cli;

import culvert.filter.Explanation.Rejected;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Why rules do not match. Where there are many, those that fail by the same conditions share a line
 * if they are more than a few.
 */
final class RejectedRules {
  /** So many are told one by one. */
  private static final int MANY = 8;

  /** So many of one kind, among many. */
  private static final int FEW = 3;

  private static final String IS_NOT = " is not ";

  private final List<Rejected> rejected;
  private final boolean each;

  /**
   * @param each one by one, however many there are
   */
  RejectedRules(List<Rejected> rejected, boolean each) {
    this.rejected = List.copyOf(rejected);
    this.each = each;
  }

  List<String> lines() {
    if (each || rejected.size() <= MANY) {
      return rejected.stream().map(RejectedRules::line).toList();
    }
    Map<String, List<Rejected>> kinds =
        rejected.stream()
            .collect(
                Collectors.groupingBy(
                    RejectedRules::kind, LinkedHashMap::new, Collectors.toList()));
    List<String> lines = new ArrayList<>();
    kinds.forEach(
        (kind, rules) -> {
          if (rules.size() <= FEW) {
            rules.forEach(rule -> lines.add(line(rule)));
          } else {
            lines.add(line(kind, rules));
          }
        });
    return lines;
  }

  private static String line(Rejected one) {
    return "  rule "
        + one.rule().name()
        + " ("
        + one.rule().location()
        + ") does not match: "
        + one.why();
  }

  private static String line(String kind, List<Rejected> rules) {
    return "  rules "
        + rules.stream()
            .limit(FEW)
            .map(rule -> rule.rule().name())
            .collect(Collectors.joining(", "))
        + " and "
        + (rules.size() - FEW)
        + " more do not match: "
        + kind
        + " (--all: each)";
  }

  /** The conditions that do not hold, without what each rule wants. */
  private static String kind(Rejected one) {
    return one.reasons().stream()
        .map(
            reason -> {
              int end = reason.indexOf(IS_NOT);
              return end < 0 ? reason : reason.substring(0, end) + IS_NOT + "theirs";
            })
        .collect(Collectors.joining("; "));
  }
}
