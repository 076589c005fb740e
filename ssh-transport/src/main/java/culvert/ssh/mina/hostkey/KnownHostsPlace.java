package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Which file a path means: by its own name, which stays when a link on the way is re-pointed, and
 * by the file that it leads to now, which others may name otherwise.
 *
 * @param named absolute and normalized
 * @param real without links, as far as it exists
 */
record KnownHostsPlace(Path named, Path real) {

  /** Blocks for the file system. */
  static KnownHostsPlace of(Path file) {
    Path named = file.toAbsolutePath().normalize();
    return new KnownHostsPlace(named, real(named));
  }

  private static Path real(Path absolute) {
    try {
      return absolute.toRealPath();
    } catch (IOException e) { // not there yet
      Path parent = absolute.getParent();
      return parent == null || parent.equals(absolute)
          ? absolute
          : real(parent).resolve(absolute.getFileName());
    }
  }

  /** Whether both mean one file, or did when they were looked up. */
  boolean meets(KnownHostsPlace other) {
    return named.equals(other.named) || real.equals(other.real);
  }
}
