package culvert.filter;

import culvert.config.CulvertConfig;
import java.util.List;

/** Makes a {@link FilterEngine} out of a configuration's rules. */
public final class RuleCompiler {
  private RuleCompiler() {}

  /**
   * Compiles the rules and the default action. Takes time in proportion to the number of rules: not
   * for an event loop.
   */
  public static CompiledRules compile(CulvertConfig config) {
    List<CompiledRule> rules = config.rules().stream().map(CompiledRule::new).toList();
    return new CompiledRules(
        new IndexedFilterEngine(config, rules), UnreachableRules.warnings(rules));
  }
}
