package culvert.packages;

import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The files that the build has made, and the programs that look at them. */
final class Packages {
  private static final Path TARGET = Path.of(System.getProperty("culvert.jar")).getParent();
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  private Packages() {}

  static Path debian() throws IOException {
    return only("culvert_*_all.deb");
  }

  static Path archive() throws IOException {
    return only("culvert-*.tar.gz");
  }

  static Path bill() throws IOException {
    return only("culvert-*.cdx.json");
  }

  /** What the Debian package has, as if it were installed there. */
  static void extract(Path to) throws IOException {
    run("dpkg-deb", "-x", debian().toString(), to.toString());
  }

  /** Runs a program that must succeed. */
  static String run(String... command) {
    Run<String> run = Run.text(DEADLINE, List.of(command));
    if (run.exitCode() != 0) {
      throw new AssertionError(
          List.of(command) + " exits with " + run.exitCode() + ": " + run.output() + run.errors());
    }
    return run.output();
  }

  private static Path only(String pattern) throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.list(TARGET)) {
      found =
          files
              .filter(
                  file ->
                      file.getFileSystem()
                          .getPathMatcher("glob:" + pattern)
                          .matches(file.getFileName()))
              .toList();
    }
    if (found.size() != 1) {
      throw new IOException(
          found + " match " + pattern + " in " + TARGET + " (expected: one, by ./mvnw -Pdist)");
    }
    return found.get(0).toAbsolutePath().normalize();
  }
}
