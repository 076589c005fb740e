package culvert.filter;

import culvert.config.Rule;
import java.util.List;

/**
 * A decision and the way to it.
 *
 * @param rejected the rules above the matching one, in order
 */
public record Explanation(Decision decision, List<Rejected> rejected) {

  public Explanation {
    rejected = List.copyOf(rejected);
  }

  /**
   * A rule that did not match.
   *
   * @param why what did not hold, for a person
   */
  public record Rejected(Rule rule, String why) {}
}
