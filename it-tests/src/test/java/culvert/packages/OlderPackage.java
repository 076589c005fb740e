package culvert.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The same package with an older version's number. */
final class OlderPackage {
  static final String VERSION = "0.0.9";

  private OlderPackage() {}

  /** Writes it into a directory that is used for nothing else. */
  static Path build(Path directory) throws IOException {
    Path tree = directory.resolve("tree");
    Packages.run("dpkg-deb", "-R", Packages.debian().toString(), tree.toString());
    Path lib = tree.resolve("usr/lib/culvert");
    String version = version(lib);
    Files.move(lib.resolve(version), lib.resolve(VERSION));
    Files.delete(tree.resolve("DEBIAN/md5sums"));
    for (String file : List.of("DEBIAN/postinst", "DEBIAN/prerm", "usr/bin/culvert")) {
      Path script = tree.resolve(file);
      Files.writeString(script, Files.readString(script).replace(version, VERSION));
    }
    Path control = tree.resolve("DEBIAN/control");
    Files.writeString(
        control,
        Files.readString(control).replaceFirst("(?m)^Version: .*", "Version: " + VERSION + "-1"));
    Path built = directory.resolve("older.deb");
    Packages.run("dpkg-deb", "-Znone", "-b", tree.toString(), built.toString());
    return built;
  }

  /** The folder's name. */
  static String version(Path lib) throws IOException {
    try (var folders = Files.list(lib)) {
      return folders.map(folder -> folder.getFileName().toString()).findFirst().orElseThrow();
    }
  }
}
