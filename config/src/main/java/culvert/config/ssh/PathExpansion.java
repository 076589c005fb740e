package culvert.config.ssh;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes paths out of values, for one host. */
final class PathExpansion {
  private static final String NONE = "none";

  private final Surroundings surroundings;
  private final Map<Character, String> tokens;

  /**
   * @param chosen tokens that whoever connects may have chosen; one that could name another
   *     directory has no value
   */
  PathExpansion(Surroundings surroundings, Map<Character, String> chosen) {
    this.surroundings = surroundings;
    Map<Character, String> all = new HashMap<>(chosen);
    all.values().removeIf(PathExpansion::leavesItsDirectory);
    all.put('d', surroundings.home().toString());
    all.put('u', surroundings.localUser());
    this.tokens = Map.copyOf(all);
  }

  private static boolean leavesItsDirectory(String value) {
    return value.indexOf('/') >= 0
        || value.indexOf('\\') >= 0
        || value.indexOf(0) >= 0
        || value.equals(".")
        || value.equals("..");
  }

  /** Those that can be expanded; {@code none} stands for no file. */
  List<Path> all(List<String> values) {
    return values.stream()
        .filter(value -> !value.equalsIgnoreCase(NONE))
        .map(this::one)
        .flatMap(Optional::stream)
        .toList();
  }

  /** The same without tokens and variables. */
  List<Path> untouched(List<String> values) {
    return values.stream()
        .filter(value -> !value.equalsIgnoreCase(NONE))
        .map(value -> path(value.startsWith("~") ? home(value) : value))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The socket of an agent; empty for none. */
  Optional<Path> agent(String value) {
    if (value.equalsIgnoreCase(NONE)) {
      return Optional.empty();
    }
    if (value.equals("SSH_AUTH_SOCK")) {
      return variable(value);
    }
    return value.startsWith("$") && !value.startsWith("${")
        ? variable(value.substring(1))
        : one(value);
  }

  private Optional<Path> variable(String name) {
    String value = surroundings.variables().getOrDefault(name, "");
    return value.isEmpty() ? Optional.empty() : path(value);
  }

  private Optional<Path> one(String value) {
    String rest = value.startsWith("~") ? value.substring(1) : value;
    return Tokens.expand(rest, tokens, surroundings.variables())
        .map(expanded -> value.startsWith("~") ? surroundings.home() + expanded : expanded)
        .flatMap(this::path);
  }

  private String home(String value) {
    return surroundings.home() + value.substring(1);
  }

  private Optional<Path> path(String text) {
    try {
      return Optional.of(surroundings.workingDirectory().resolve(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
