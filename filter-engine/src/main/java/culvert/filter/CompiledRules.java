package culvert.filter;

import java.util.List;

/**
 * Rules, ready to decide.
 *
 * @param warnings rules that can never match, in the order of the file
 */
public record CompiledRules(FilterEngine engine, List<RuleWarning> warnings) {
  public CompiledRules {
    warnings = List.copyOf(warnings);
  }
}
