package culvert.config.read;

import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Loads texts as {@code c.yaml}, in an environment of its own. */
public final class Loading {
  public static final Environment ENVIRONMENT =
      environment(
          Map.of("SOCKS_PASSWORD", "s3cret-socks", "SSH_AUTH_SOCK", "/run/agent", "EMPTY", ""));

  private Loading() {}

  public static Environment environment(Map<String, String> variables) {
    return new Environment(variables, Path.of("/home/joe"), Path.of("/work"), Path.of("/etc"));
  }

  public static ConfigResult load(String... lines) {
    return new ConfigLoader(ENVIRONMENT).loadString(String.join("\n", lines), "c.yaml");
  }

  public static CulvertConfig config(String... lines) {
    return load(lines).orThrow();
  }

  public static List<String> problems(String... lines) {
    return load(lines).problems().stream().map(ConfigProblem::toString).toList();
  }

  public static List<String> errors(String... lines) {
    return load(lines).problems().stream()
        .filter(problem -> problem.severity() == Severity.ERROR)
        .map(ConfigProblem::toString)
        .toList();
  }
}
