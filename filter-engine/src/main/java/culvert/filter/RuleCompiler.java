package culvert.filter;

import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import java.util.List;
import java.util.Set;

/** Makes a {@link FilterEngine} out of a configuration's rules. */
public final class RuleCompiler {
  private RuleCompiler() {}

  /**
   * Compiles the rules and the default action. Takes time in proportion to the number of rules: not
   * for an event loop.
   */
  public static CompiledRules compile(CulvertConfig config) {
    return compile(config, config.listeners());
  }

  /**
   * The same.
   *
   * @param listeners those that are bound, whatever the configuration has
   */
  public static CompiledRules compile(CulvertConfig config, List<ListenerConfig> listeners) {
    Set<String> redirects = ListenerConfig.Redirect.names(listeners);
    List<CompiledRule> rules =
        config.rules().stream().map(rule -> new CompiledRule(rule, redirects)).toList();
    return new CompiledRules(
        new IndexedFilterEngine(config, rules), UnreachableRules.warnings(rules));
  }
}
