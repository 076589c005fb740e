package culvert.config.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A pipe without a name, which a shell hands over as an open descriptor: {@code /dev/stdin}, or
 * {@code /dev/fd/63} for {@code <(command)}. Other than a named one it is opened at once, and ends
 * with the command. What has been read is gone. Known as such on Linux only.
 */
public final class ShellPipe {
  private static final String TARGET = "pipe:["; // proc_pid_fd(5)
  private static final int MOST_LINKS = 40; // path_resolution(7)

  private ShellPipe() {}

  /** Whether the path leads to one. */
  public static boolean isAt(Path file) throws IOException {
    Path at = file;
    for (int links = 0; links < MOST_LINKS && Files.isSymbolicLink(at); links++) {
      Path target = Files.readSymbolicLink(at);
      at = at.resolveSibling(target);
      if (target.toString().startsWith(TARGET)) {
        return !Files.exists(at, LinkOption.NOFOLLOW_LINKS);
      }
    }
    return false;
  }

  /**
   * All that comes through it. Blocks until everybody has closed its other end.
   *
   * @param most octets; more are refused
   * @throws IOException it is empty, as one that has been read before, or there is more
   */
  public static byte[] read(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = RegularFile.read(in, most);
      if (octets.length == 0) {
        throw new IOException("an empty pipe (expected: text; what was read once is gone)");
      }
      return octets;
    }
  }
}
