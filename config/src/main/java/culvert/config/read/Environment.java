package culvert.config.read;

import java.nio.file.Path;
import java.util.Map;

/**
 * What of the process's surroundings a configuration may depend on.
 *
 * @param variables for {@code ${env:NAME}} and {@code $CULVERT_CONFIG}
 * @param home what {@code ~} stands for
 * @param workingDirectory where {@code ./culvert.yaml} is looked for
 * @param systemDirectory {@code /etc}
 * @param localUser whom the process runs as
 */
public record Environment(
    Map<String, String> variables,
    Path home,
    Path workingDirectory,
    Path systemDirectory,
    String localUser) {

  public Environment {
    variables = Map.copyOf(variables);
  }

  /** As the user whom this process runs as. */
  public Environment(
      Map<String, String> variables, Path home, Path workingDirectory, Path systemDirectory) {
    this(variables, home, workingDirectory, systemDirectory, System.getProperty("user.name"));
  }

  /** The process's own. {@code $HOME} wins over the account's entry, as in a shell. */
  public static Environment ofProcess() {
    Map<String, String> variables = System.getenv();
    String home = variables.getOrDefault("HOME", "");
    return new Environment(
        variables,
        Path.of(home.isEmpty() ? System.getProperty("user.home") : home),
        Path.of(""),
        Path.of("/etc"));
  }

  /** The names of the variables only: their values are secrets. */
  @Override
  public String toString() {
    return "Environment[variables=" + variables.keySet() + ", home=" + home + "]";
  }
}
