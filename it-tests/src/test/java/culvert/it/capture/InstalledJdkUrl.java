package culvert.it.capture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@link JdkUrl}, copied to where every user can read it.
 *
 * @param classes the class path
 */
record InstalledJdkUrl(Path classes) {

  static InstalledJdkUrl in(Path directory) throws IOException {
    Path classes = directory.resolve("classes");
    Path name = Path.of(JdkUrl.class.getName().replace('.', '/') + ".class");
    Path copy = classes.resolve(name);
    Files.createDirectories(copy.getParent());
    try (InputStream in = JdkUrl.class.getResourceAsStream(name.getFileName().toString())) {
      Files.copy(in, copy);
    }
    return new InstalledJdkUrl(classes);
  }

  /** For a shell. */
  String commandLine() {
    return Path.of(System.getProperty("java.home"), "bin", "java")
        + " -cp "
        + classes
        + " "
        + JdkUrl.class.getName();
  }
}
