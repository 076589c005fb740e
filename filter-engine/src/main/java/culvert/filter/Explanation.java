package culvert.filter;

import culvert.config.Rule;
import java.util.List;
import java.util.Optional;

/**
 * A decision and the way to it.
 *
 * @param rejected the rules above the matching one, in order
 * @param withheld what the matching rule has and this connection does not get, for a person
 */
public record Explanation(Decision decision, List<Rejected> rejected, Optional<String> withheld) {

  public Explanation {
    rejected = List.copyOf(rejected);
  }

  /**
   * A rule that did not match.
   *
   * @param reasons each condition that did not hold, for a person; at least one
   */
  public record Rejected(Rule rule, List<String> reasons) {
    public Rejected {
      reasons = List.copyOf(reasons);
    }

    /** All of them. */
    public String why() {
      return String.join("; ", reasons);
    }
  }
}
