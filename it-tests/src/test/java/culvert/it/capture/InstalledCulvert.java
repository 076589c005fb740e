package culvert.it.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Culvert and its launcher where every user can read them. */
final class InstalledCulvert {
  private static final Path BUILT = Path.of("..", "socks-proxy", "target");
  private static final Path SCRIPTS = Path.of("..", "socks-proxy", "src", "main", "launcher");

  private final Path launcher;

  private InstalledCulvert(Path launcher) {
    this.launcher = launcher;
  }

  /** Installs it in a directory of its own. */
  static InstalledCulvert in(Path program) throws IOException {
    copy(SCRIPTS, program);
    copy(BUILT.resolve("lib"), program.resolve("lib"));
    Files.copy(BUILT.resolve("culvert.jar"), program.resolve("culvert.jar"));
    Path launcher =
        Files.writeString(
            program.resolve("culvert"),
            """
            #!/bin/sh
            set -eu
            JAVA_HOME=%s
            folder_of_scripts=%s
            . "$folder_of_scripts/jvm.sh"
            find_java
            . "$folder_of_scripts/exec.sh"
            ! is_exec "$@" || run_exec "$folder_of_scripts/culvert.jar" "$@"
            exec "$java" $options -cp "$folder_of_scripts/culvert.jar" culvert.proxy.cli.Culvert "$@"
            """
                .formatted(System.getProperty("java.home"), program));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new InstalledCulvert(launcher);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** {@code culvert exec} with those options. */
  List<String> exec(List<String> options, List<String> command) {
    List<String> all = new ArrayList<>(List.of(launcher.toString(), "exec"));
    all.addAll(options);
    all.add("--");
    all.addAll(command);
    return all;
  }
}
