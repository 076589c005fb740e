package culvert.config.read;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What of the process's surroundings a configuration may depend on.
 *
 * @param variables for {@code ${env:NAME}}, {@code $CULVERT_CONFIG}, and those by which systemd and
 *     desktops name directories
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

  /** A directory that a variable names; empty: it is not set, or to no absolute path. */
  Optional<Path> directory(String variable) {
    return absolute(variables.getOrDefault(variable, ""));
  }

  private static Optional<Path> absolute(String path) {
    try {
      return Optional.of(Path.of(path)).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** {@code $XDG_CONFIG_HOME}, by the XDG Base Directory Specification. */
  Path configHome() {
    return directory("XDG_CONFIG_HOME").orElseGet(() -> home.resolve(".config"));
  }

  /**
   * Where state is kept if nobody says where: the first of {@code $STATE_DIRECTORY}, which systemd
   * sets for a unit with {@code StateDirectory=}, else {@code culvert} in {@code $XDG_STATE_HOME}.
   */
  Path stateDirectory() {
    String ofUnit = variables.getOrDefault("STATE_DIRECTORY", "");
    return absolute(ofUnit.split(":", 2)[0])
        .orElseGet(
            () ->
                directory("XDG_STATE_HOME")
                    .orElseGet(() -> home.resolve(".local/state"))
                    .resolve("culvert"));
  }

  /** The names of the variables only: their values are secrets. */
  @Override
  public String toString() {
    return "Environment[variables=" + variables.keySet() + ", home=" + home + "]";
  }
}
