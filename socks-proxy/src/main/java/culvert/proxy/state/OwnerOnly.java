package culvert.proxy.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** What is created with this is for its owner alone, where the file system knows owners. */
public final class OwnerOnly {
  private OwnerOnly() {}

  /** The attributes of a file (0600). */
  public static FileAttribute<?>[] file(Path file) {
    return mode(file, "rw-------");
  }

  /** Creates a directory (0700), and those above it, unless it is there. */
  public static void createDirectories(@Nullable Path directory) throws IOException {
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(directory, mode(directory, "rwx------"));
    }
  }

  private static FileAttribute<?>[] mode(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
