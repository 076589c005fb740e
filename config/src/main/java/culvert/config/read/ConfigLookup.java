package culvert.config.read;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the configuration file is: the first of the places that {@link #places} lists. */
public final class ConfigLookup {
  private static final String VARIABLE = "CULVERT_CONFIG";
  private static final String FILE = "culvert.yaml";

  private final Environment environment;

  public ConfigLookup(Environment environment) {
    this.environment = environment;
  }

  /**
   * The file to load; empty: the built-in default.
   *
   * @param given the argument of {@code -c}. It and {@code $CULVERT_CONFIG} are taken even if there
   *     is no such file, so that a slip of the pen does not start another configuration.
   */
  public Optional<Path> find(@Nullable Path given) {
    if (given != null) {
      return Optional.of(given);
    }
    String variable = environment.variables().getOrDefault(VARIABLE, "");
    if (!variable.isEmpty()) {
      return Optional.of(environment.workingDirectory().resolve(variable));
    }
    return places().stream().filter(Files::exists).findFirst();
  }

  /** The places searched without {@code -c} and {@code $CULVERT_CONFIG}, in this order. */
  public List<Path> places() {
    return List.of(
        environment.workingDirectory().resolve(FILE),
        environment.configHome().resolve("culvert").resolve(FILE),
        environment.systemDirectory().resolve("culvert").resolve(FILE));
  }
}
