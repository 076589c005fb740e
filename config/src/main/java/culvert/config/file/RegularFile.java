package culvert.config.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Reads files that somebody else has named, and of those only what ends by itself: a pipe without a
 * writer, a terminal or a device would keep the thread that opens it, for ever. Symbolic links are
 * followed; {@code /dev/null} counts as an empty file. What a path leads to is asked before it is
 * opened: whoever may replace the file between the two is its owner, or could have changed it
 * anyway.
 *
 * <p>Blocks for the file system. The messages of its exceptions follow on "cannot read FILE: ", if
 * {@link #reason} has put them into words.
 */
public final class RegularFile {
  private static final Path EMPTY = Path.of("/dev/null");
  private static final int KIND = 0xF000; // inode(7): S_IFMT
  private static final int PIPE = 0x1000;
  private static final int SOCKET = 0xC000;

  private RegularFile() {}

  /**
   * The whole content.
   *
   * @param most octets; a larger file is refused
   * @throws NoSuchFileException there is nothing of that name
   * @throws IOException it is no regular file, too large, or cannot be read
   */
  public static byte[] read(Path file, int most) throws IOException {
    require(file);
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, most);
    }
  }

  /**
   * What is left of a stream.
   *
   * @param most octets; more are refused
   * @throws IOException there are more, or it cannot be read
   */
  public static byte[] read(InputStream in, int most) throws IOException {
    byte[] octets = in.readNBytes(most);
    if (octets.length == most && in.read() >= 0) { // fewer: it has grown since
      throw new IOException("larger than " + size(most));
    }
    return octets;
  }

  /**
   * Passes if the file may be opened, for reading or for writing: it will block nobody.
   *
   * @throws NoSuchFileException there is nothing of that name
   * @throws IOException it is no regular file, or cannot be looked at
   */
  public static void require(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile() && !isEmptyDevice(file)) {
      throw new IOException(kind(file, attributes) + " (expected: a regular file)");
    }
  }

  /** Why a file cannot be read, in words. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NotDirectoryException) {
      return "not a directory";
    }
    return String.valueOf(e.getMessage());
  }

  private static boolean isEmptyDevice(Path file) throws IOException {
    return Files.exists(EMPTY) && Files.isSameFile(file, EMPTY);
  }

  private static String kind(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isDirectory()) {
      return "a directory";
    }
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return "a special file";
    }
    return switch ((int) Files.getAttribute(file, "unix:mode") & KIND) {
      case PIPE -> "a pipe";
      case SOCKET -> "a socket";
      default -> "a device";
    };
  }

  private static String size(int octets) {
    boolean mebi = octets >= 1 << 20;
    return mebi ? (octets >> 20) + " MiB" : (octets >> 10) + " KiB";
  }
}
