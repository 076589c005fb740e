package culvert.filter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rules by what a request must have for them to match: each rule stands under the keys of one of
 * its conditions, namely of the one whose keys it shares with the fewest other rules. A rule
 * without a condition that has keys stands in the residual, which is tried one by one.
 */
final class RuleIndex {
  /** The answer of {@link #first} when there is none. */
  static final int NONE = Integer.MAX_VALUE;

  private final Map<RuleKey, int[]> buckets = new HashMap<>();
  private final int[] residual;
  private final PrefixLengths destinations;
  private final PrefixLengths clients;

  private RuleIndex(Map<RuleKey, List<Integer>> lists, List<Integer> rest) {
    lists.forEach((key, list) -> buckets.put(key, toArray(list)));
    residual = toArray(rest);
    destinations =
        new PrefixLengths(networks(RuleKey.Destination.class, RuleKey.Destination::network));
    clients = new PrefixLengths(networks(RuleKey.Client.class, RuleKey.Client::network));
  }

  /**
   * @param eligible which rules are in the index; numbers are places in {@code rules} all the same
   * @param conditions which ones rules may stand under
   */
  static RuleIndex of(
      List<CompiledRule> rules,
      Predicate<CompiledRule> eligible,
      Set<RuleKey.Condition> conditions) {
    KeyChoice choice = new KeyChoice(rules.stream().filter(eligible).toList(), conditions);
    Map<RuleKey, List<Integer>> lists = new HashMap<>();
    List<Integer> rest = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (eligible.test(rules.get(i))) {
        List<RuleKey> keys = choice.keysOf(rules.get(i));
        for (RuleKey key : keys) {
          lists.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
        }
        if (keys.isEmpty()) {
          rest.add(i);
        }
      }
    }
    return new RuleIndex(lists, rest);
  }

  private <K extends RuleKey> List<Network> networks(Class<K> kind, Function<K, Network> network) {
    return buckets.keySet().stream().filter(kind::isInstance).map(kind::cast).map(network).toList();
  }

  private static int[] toArray(Collection<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The lowest rule that the probe finds and that the test accepts, or {@link #NONE}. */
  int first(Probe probe, IntPredicate test) {
    return firstBefore(NONE, probe, test);
  }

  /** The same among the rules above {@code limit}; the limit itself if there is none. */
  int firstBefore(int limit, Probe probe, IntPredicate test) {
    Search search = new Search(limit, test);
    probe.forEachKey(destinations, clients, key -> search.in(buckets.get(key)));
    search.in(residual);
    return search.best;
  }

  private static final class Search {
    private final IntPredicate test;
    private int best;

    private Search(int limit, IntPredicate test) {
      best = limit;
      this.test = test;
    }

    private void in(int @Nullable [] ascending) {
      if (ascending == null) {
        return;
      }
      for (int i = 0; i < ascending.length && ascending[i] < best; i++) {
        if (test.test(ascending[i])) {
          best = ascending[i];
        }
      }
    }
  }
}
