package culvert.it.capture;

import culvert.it.compat.UnawareErrands;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@link UnawareErrands}, copied to where every user can read and run it. */
final class InstalledErrands {
  private static final Path CLASSES = Path.of("target", "test-classes");
  private static final List<String> PACKAGES = List.of("culvert/it/compat", "culvert/it/peers");
  private static final List<String> LIBRARIES =
      List.of("commons-net-", "commons-io-", "assertj-core-", "awaitility-", "hamcrest-");

  private final Path home;
  private final String classPath;

  private InstalledErrands(Path home, String classPath) {
    this.home = home;
    this.classPath = classPath;
  }

  static InstalledErrands in(Path directory) throws IOException {
    List<String> classPath = new ArrayList<>();
    Path classes = directory.resolve("classes");
    classPath.add(classes.toString());
    for (String one : PACKAGES) {
      Path to = Files.createDirectories(classes.resolve(one));
      try (Stream<Path> all = Files.list(CLASSES.resolve(one))) {
        for (Path file : all.toList()) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
    for (String one : System.getProperty("java.class.path").split(":", -1)) {
      Path jar = Path.of(one);
      if (LIBRARIES.stream().anyMatch(jar.getFileName().toString()::startsWith)) {
        classPath.add(Files.copy(jar, directory.resolve(jar.getFileName())).toString());
      }
    }
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    return new InstalledErrands(home, String.join(":", classPath));
  }

  /**
   * Its command line.
   *
   * @param folder on the server, and {@code files} here: directories with large, medium and small
   */
  List<String> command(MatrixServer server, String address, String folder, Path files) {
    return List.of(
        "env",
        "--chdir=" + home,
        "HOME=" + home,
        "PASSWORD=" + TestAccount.password(),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classPath,
        UnawareErrands.class.getName(),
        server.shown(),
        address,
        Integer.toString(server.port()),
        Integer.toString(server.slowPort()),
        folder,
        files.toString());
  }
}
