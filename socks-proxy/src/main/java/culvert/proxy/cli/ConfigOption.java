package culvert.proxy.cli;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.ConfigLookup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code -c FILE}, and the search for a configuration without it. */
final class ConfigOption {
  private final Terminal terminal;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = {
        "The configuration. Without it: $CULVERT_CONFIG, ./culvert.yaml,",
        "$XDG_CONFIG_HOME/culvert/culvert.yaml (~/.config), /etc/culvert/culvert.yaml,",
        "built-in default."
      })
  private @Nullable Path file;

  ConfigOption(Terminal terminal) {
    this.terminal = terminal;
  }

  /** For the user: which configuration it is. */
  String name() {
    return find().map(Path::toString).orElse("the built-in default");
  }

  /** Whether it is not the user who has named it. */
  boolean isFound() {
    return file == null;
  }

  /** Says which file a command works on where it is not the user who has named a configuration. */
  void sayWhich(Path workedOn) {
    if (isFound()) {
      terminal.err().println("culvert: " + workedOn + ", as " + name() + " says");
    }
  }

  /** The same, for somebody who does not know where Culvert was started. */
  String place() {
    return find().map(path -> path.toAbsolutePath().normalize().toString()).orElseGet(this::name);
  }

  /** Reads it, now and again for a reload. */
  ConfigResult load() {
    ConfigLoader loader = new ConfigLoader(terminal.environment());
    return find().map(loader::load).orElseGet(loader::builtIn);
  }

  /** What a command does with its configuration. */
  interface Use {
    /** Gives the exit code. */
    int of(CulvertConfig config) throws IOException;
  }

  /**
   * Reads it, prints its problems to standard error, and uses it unless it has errors.
   *
   * @return the exit code
   */
  int use(Use use) throws IOException {
    ConfigResult result = load();
    for (ConfigProblem problem : result.problems()) {
      terminal.err().println(problem);
    }
    return result instanceof ConfigResult.Loaded loaded ? use.of(loaded.config()) : ExitCode.USAGE;
  }

  private Optional<Path> find() {
    return new ConfigLookup(terminal.environment()).find(file);
  }
}
