package culvert.config;

import java.util.List;
import java.util.stream.Collectors;

/** What came of reading a configuration: all of it, or everything that is wrong with it. */
public sealed interface ConfigResult {

  /**
   * The configuration, or an exception that names every problem; for where a file is known good.
   */
  CulvertConfig orThrow();

  /** Everything to tell the user, in the order of the file. */
  List<ConfigProblem> problems();

  /**
   * A usable configuration.
   *
   * @param problems warnings only
   * @param written the same as text, and the places of its values
   */
  record Loaded(CulvertConfig config, List<ConfigProblem> problems, Written written)
      implements ConfigResult {
    public Loaded {
      problems = List.copyOf(problems);
    }

    @Override
    public CulvertConfig orThrow() {
      return config;
    }
  }

  /**
   * An unusable configuration.
   *
   * @param problems at least one error, and the warnings
   */
  record Rejected(List<ConfigProblem> problems) implements ConfigResult {
    public Rejected {
      problems = List.copyOf(problems);
    }

    @Override
    public CulvertConfig orThrow() {
      throw new IllegalArgumentException(
          problems.stream()
              .map(ConfigProblem::toString)
              .collect(Collectors.joining(System.lineSeparator())));
    }
  }
}
