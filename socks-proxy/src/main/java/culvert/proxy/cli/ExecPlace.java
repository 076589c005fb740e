package culvert.proxy.cli;

import culvert.config.read.Environment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the socket is by which commands come in. */
final class ExecPlace {
  private static final String SOCKET = "exec.sock";
  private static final String OURS = "culvert";

  private ExecPlace() {}

  /**
   * In the directory that systemd has made for the unit ({@code RuntimeDirectory=}), else the
   * user's for what does not outlive the login, else with the state.
   */
  static Path of(Environment environment, Path stateDirectory) {
    Map<String, String> variables = environment.variables();
    return directory(variables, "RUNTIME_DIRECTORY")
        .or(() -> directory(variables, "XDG_RUNTIME_DIR").map(all -> all.resolve(OURS)))
        .orElse(stateDirectory)
        .resolve(SOCKET);
  }

  /** The first, where systemd names several. */
  private static Optional<Path> directory(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name))
        .map(value -> value.split(":", 2)[0])
        .filter(value -> value.startsWith("/"))
        .map(Path::of);
  }
}
