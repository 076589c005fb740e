package culvert.proxy.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of rules as labels. A rule that a reload has removed goes on counting, for its jobs go
 * on; so names that change with each reload, for years, would have no bound.
 */
final class RuleLabels {
  static final int MOST = 10_000;

  /** In place of the names of further rules. */
  static final String OTHERS = "(others)";

  private final Set<String> names = ConcurrentHashMap.newKeySet();

  String label(String rule) {
    if (names.contains(rule)) {
      return rule;
    }
    if (names.size() >= MOST) {
      return OTHERS;
    }
    names.add(rule);
    return rule;
  }
}
