package culvert.config.yaml;

import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.Location;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is wrong with one file. What an anchor or an inherited key repeats is told once.
 * Confined to the thread that reads the file.
 */
public final class Problems {
  private static final Comparator<ConfigProblem> IN_FILE_ORDER =
      Comparator.<ConfigProblem>comparingInt(problem -> problem.location().line())
          .thenComparingInt(problem -> problem.location().column());

  private final List<String> files = new ArrayList<>();
  private final Set<ConfigProblem> found = new LinkedHashSet<>();
  private int errors;

  public void error(Location location, String message) {
    add(new ConfigProblem(Severity.ERROR, location, message));
    errors++;
  }

  public void warning(Location location, String message) {
    add(new ConfigProblem(Severity.WARNING, location, message));
  }

  private void add(ConfigProblem problem) {
    found.add(problem);
    if (!files.contains(problem.location().file())) {
      files.add(problem.location().file());
    }
  }

  /** How often an error was reported, repetitions included. */
  public int errors() {
    return errors;
  }

  public List<ConfigProblem> inFileOrder() {
    List<ConfigProblem> sorted = new ArrayList<>(found);
    sorted.sort(
        Comparator.<ConfigProblem>comparingInt(problem -> files.indexOf(problem.location().file()))
            .thenComparing(IN_FILE_ORDER));
    return sorted;
  }
}
