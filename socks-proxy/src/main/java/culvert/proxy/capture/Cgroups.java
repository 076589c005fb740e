package culvert.proxy.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds cgroups of version 2. Blocks; thread-safe. */
final class Cgroups {
  private static final String TYPE = "cgroup2";

  private final Path mounts;
  private final Path base;

  /**
   * @param mounts see proc_pid_mountinfo(5)
   * @param base where nft looks for cgroups
   */
  Cgroups(Path mounts, Path base) {
    this.mounts = mounts;
    this.base = base;
  }

  /**
   * The cgroup as it is at this moment.
   *
   * @param path below the root of the hierarchy
   * @throws IOException which says that it is not there
   */
  CaptureScope.Cgroup look(String path) throws IOException {
    Path root =
        root()
            .orElseThrow(
                () ->
                    new IOException("there is no hierarchy of cgroups of version 2 below " + base));
    Path cgroup = root.resolve(path);
    if (!Files.isDirectory(cgroup)) {
      throw new IOException("there is no cgroup " + cgroup);
    }
    return new CaptureScope.Cgroup(
        base.relativize(cgroup).toString(),
        Path.of(path).getNameCount(),
        (long) Files.getAttribute(cgroup, "unix:ino"));
  }

  /** With the older version beside it, the hierarchy is a directory down. */
  private Optional<Path> root() throws IOException {
    return Files.readString(mounts, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(fields -> isOfType(fields))
        .map(fields -> Path.of(fields[4]))
        .filter(mount -> mount.startsWith(base))
        .findFirst();
  }

  /** Behind a field with a dash, whose place depends. */
  private static boolean isOfType(String[] fields) {
    for (int i = 6; i + 1 < fields.length; i++) {
      if (fields[i].equals("-")) {
        return fields[i + 1].equals(TYPE);
      }
    }
    return false;
  }
}
