package culvert.filter;

import culvert.config.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Finds rules that provably never match: what is not proven is not reported. */
final class UnreachableRules {
  private UnreachableRules() {}

  static List<RuleWarning> warnings(List<CompiledRule> rules) {
    RuleIndex index = RuleIndex.of(rules, rule -> true, EnumSet.allOf(RuleKey.Condition.class));
    List<RuleWarning> warnings = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      CompiledRule rule = rules.get(i);
      if (rule.contradictsItself()) {
        warnings.add(contradiction(rule.rule()));
        continue;
      }
      int cover =
          index.firstBefore(i, Probe.sampleOf(rule), earlier -> rules.get(earlier).covers(rule));
      if (cover < i) {
        warnings.add(shadowed(rule.rule(), rules.get(cover).rule()));
      }
    }
    return warnings;
  }

  private static RuleWarning contradiction(Rule rule) {
    return new RuleWarning(
        rule.location(),
        "rule "
            + rule.name()
            + " never matches: none of the addresses under host lies in one of its networks");
  }

  private static RuleWarning shadowed(Rule rule, Rule by) {
    return new RuleWarning(
        rule.location(),
        "rule "
            + rule.name()
            + " never matches: rule "
            + by.name()
            + " at "
            + by.location()
            + " takes all that it would match");
  }
}
