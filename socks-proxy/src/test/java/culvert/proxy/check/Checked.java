package culvert.proxy.check;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult.Loaded;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Configurations to look at. */
final class Checked {
  private Checked() {}

  static Loaded load(String text) {
    Environment environment =
        new Environment(
            Map.of("SECRET", "s3cret"), Path.of("/home/joe"), Path.of("/work"), Path.of("/etc"));
    return (Loaded) new ConfigLoader(environment).loadString(text, "c.yaml");
  }

  static List<String> text(List<ConfigProblem> problems) {
    return problems.stream().map(ConfigProblem::toString).toList();
  }
}
