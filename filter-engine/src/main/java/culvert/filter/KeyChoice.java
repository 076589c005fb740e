package culvert.filter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Chooses for each rule the condition whose keys it shares with the fewest other rules. */
final class KeyChoice {
  private final Set<RuleKey.Condition> conditions;
  private final Map<RuleKey, Integer> uses = new HashMap<>();

  KeyChoice(List<CompiledRule> rules, Set<RuleKey.Condition> conditions) {
    this.conditions = conditions;
    for (CompiledRule rule : rules) {
      for (RuleKey.Condition condition : conditions) {
        RuleKey.keysOf(rule, condition).forEach(key -> uses.merge(key, 1, Integer::sum));
      }
    }
  }

  List<RuleKey> keysOf(CompiledRule rule) {
    List<RuleKey> best = List.of();
    int fewest = Integer.MAX_VALUE;
    for (RuleKey.Condition condition : conditions) {
      List<RuleKey> keys = RuleKey.keysOf(rule, condition);
      int most = keys.stream().mapToInt(key -> uses.getOrDefault(key, 0)).max().orElse(fewest);
      if (most < fewest) {
        best = keys;
        fewest = most;
      }
    }
    return best;
  }
}
