package culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.CulvertConfig;
import culvert.filter.CompiledRules;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision;
import culvert.filter.FilterEngine;
import culvert.filter.RuleCompiler;
import culvert.it.AnyTransport;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The bound that the index promises. Both sizes run in turn and the best run of each counts, so
 * that a busy machine slows both or neither.
 */
@AnyTransport
class FilterEngineScaleIT {
  private static final int ROUNDS = 40;
  private static final int COMPILATIONS = 8;
  private static final int DECISIONS = 2_000;

  private int matched;

  @Test
  void aDecisionAmongTenThousandRulesTakesAtMostFiveTimesAsLongAsAmongAHundred() {
    FilterEngine small = RuleCompiler.compile(RuleSets.ofSize(100)).engine();
    FilterEngine large = RuleCompiler.compile(RuleSets.ofSize(10_000)).engine();
    List<ConnectionRequest> smallRequests = RuleSets.requests(100);
    List<ConnectionRequest> largeRequests = RuleSets.requests(10_000);
    assertThat(rulesOf(large, largeRequests))
        .containsExactly(
            "rule-9990", "rule-9991", "rule-9992", "rule-9993", "default-action", "default-action");

    long bestSmall = Long.MAX_VALUE;
    long bestLarge = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      bestSmall = Math.min(bestSmall, nanosFor(small, smallRequests));
      bestLarge = Math.min(bestLarge, nanosFor(large, largeRequests));
    }

    assertThat((double) bestLarge / bestSmall)
        .as("%,d ns against %,d ns, %d matches", bestLarge, bestSmall, matched)
        .isLessThanOrEqualTo(5);
  }

  @Test
  void compilingTenTimesTheRulesTakesNoHundredTimesAsLong() {
    CulvertConfig small = RuleSets.ofSize(1_000);
    CulvertConfig large = RuleSets.ofSize(10_000);

    long bestSmall = Long.MAX_VALUE;
    long bestLarge = Long.MAX_VALUE;
    for (int round = 0; round < COMPILATIONS; round++) {
      bestSmall = Math.min(bestSmall, nanosToCompile(small));
      bestLarge = Math.min(bestLarge, nanosToCompile(large));
    }

    assertThat((double) bestLarge / bestSmall)
        .as("%,d ns against %,d ns", bestLarge, bestSmall)
        .isLessThan(40);
  }

  private static long nanosToCompile(CulvertConfig config) {
    long start = System.nanoTime();
    CompiledRules compiled = RuleCompiler.compile(config);
    long nanos = System.nanoTime() - start;
    assertThat(compiled.warnings()).isEmpty();
    return nanos;
  }

  private static List<String> rulesOf(FilterEngine engine, List<ConnectionRequest> requests) {
    return requests.stream()
        .map(engine::decide)
        .map(decision -> ((Decision.Decided) decision).ruleName())
        .toList();
  }

  private long nanosFor(FilterEngine engine, List<ConnectionRequest> requests) {
    long start = System.nanoTime();
    for (int i = 0; i < DECISIONS; i++) {
      Decision decision = engine.decide(requests.get(i % requests.size()));
      matched += ((Decision.Decided) decision).rule().isPresent() ? 1 : 0;
    }
    return System.nanoTime() - start;
  }
}
