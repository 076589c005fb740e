package culvert.filter;

import culvert.config.Rule;
import java.util.Optional;

/** What the rules say. */
public sealed interface Decision {

  /** A rule needs the destination's address: resolve the name and ask again. */
  record NeedsAddress() implements Decision {}

  /** A rule asks for a name that may stand for the address: look up which do, and ask again. */
  record NeedsNames() implements Decision {}

  /** A rule needs the names of the client's user: look them up and ask again. */
  record NeedsOsUser() implements Decision {}

  /** A rule needs the names of the client's program: look them up and ask again. */
  record NeedsApplication() implements Decision {}

  /**
   * Decided.
   *
   * @param rule the matching rule; empty: the default action
   */
  record Decided(Optional<Rule> rule, Route route) implements Decision {

    /** For the log: the rule's name, or {@code default-action}. */
    public String ruleName() {
      return rule.map(Rule::name).orElse("default-action");
    }
  }
}
