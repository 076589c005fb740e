package culvert.config.read;

import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import culvert.config.yaml.Problems;
import culvert.config.yaml.YamlParser;
import culvert.config.yaml.YamlValue;
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

  /** The records of a file that asks for what is not supported yet. */
  public static CulvertConfig configOfLater(String... lines) {
    Problems problems = new Problems();
    YamlValue document = YamlParser.parse(String.join("\n", lines), "c.yaml", problems);
    CulvertConfig config =
        ConfigReader.read(
                document,
                YamlValue.Mapping.empty(document.location()),
                new Reading(problems, ENVIRONMENT))
            .config();
    if (problems.mistakes() > 0) {
      throw new IllegalArgumentException(problems.inFileOrder().toString());
    }
    return config;
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
