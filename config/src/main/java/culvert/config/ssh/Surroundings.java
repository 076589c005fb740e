package culvert.config.ssh;

import java.nio.file.Path;
import java.util.Map;

/**
 * What of the process's surroundings the files depend on.
 *
 * @param home what {@code ~} and {@code %d} stand for
 * @param localUser what {@code %u} stands for
 * @param workingDirectory where relative paths begin
 * @param systemDirectory {@code /etc/ssh}
 */
public record Surroundings(
    Path home,
    String localUser,
    Path workingDirectory,
    Path systemDirectory,
    Map<String, String> variables) {

  public Surroundings {
    variables = Map.copyOf(variables);
  }

  Path userDirectory() {
    return home.resolve(".ssh");
  }

  Path services() {
    return systemDirectory.resolveSibling("services");
  }

  /** The names of the variables only: their values may be secrets. */
  @Override
  public String toString() {
    return "Surroundings[home=" + home + ", localUser=" + localUser + "]";
  }
}
