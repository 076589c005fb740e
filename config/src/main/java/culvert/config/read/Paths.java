package culvert.config.read;

import culvert.config.Found;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths of files: absolute, or below the home directory with a tilde. */
final class Paths {
  private static final String EXPECTED = "an absolute path, or one that starts with ~/";

  static final ValueType<Path> TYPE = ValueTypes.environmental("a path", Paths::parse);

  private Paths() {}

  static Path parse(String text, Environment environment) {
    try {
      if (text.equals("~")) {
        return environment.home();
      }
      if (text.startsWith("~/")) {
        return environment.home().resolve(text.substring(2));
      }
      Path path = Path.of(text);
      if (path.isAbsolute() || text.startsWith("/")) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(Found.message(text, EXPECTED), e);
    }
    throw ValueTypes.expected(text, EXPECTED);
  }
}
