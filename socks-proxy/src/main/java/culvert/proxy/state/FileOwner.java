package culvert.proxy.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/**
 * Whose files and directories are, where the file system knows owners: what one user leaves in
 * another's directory, root above all, that one could not use. Blocks.
 */
public final class FileOwner {
  private static final int ROOT = 0;

  private FileOwner() {}

  /**
   * The owner's name, if that is neither this process's user nor root, who may let others write
   * what is root's.
   *
   * @param there a file of the directory, or the directory itself
   * @param directory where it can be seen to whom belongs what we create
   */
  public static Optional<String> another(Path there, Path directory) throws IOException {
    if (Files.getFileAttributeView(there, PosixFileAttributeView.class) == null) {
      return Optional.empty();
    }
    Optional<UserPrincipal> us = ofOurs(directory);
    UserPrincipal owner = Files.getOwner(there, LinkOption.NOFOLLOW_LINKS);
    boolean another = us.isPresent() && !us.get().equals(owner) && !isRoots(there);
    return another ? Optional.of(owner.getName()) : Optional.empty();
  }

  /**
   * The path, or the nearest one above it that is there: whose that is, what is created belongs.
   */
  public static Path thereOrAbove(Path path) {
    Path there = path.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }

  /** What to say of it. */
  public static String problem(String owner) {
    return "belongs to "
        + owner
        + ", who could not use what others leave there (expected: to be run as that user, as with"
        + " sudo -u "
        + owner
        + " culvert ...)";
  }

  /** Empty: we can create nothing there, and so leave nothing. */
  private static Optional<UserPrincipal> ofOurs(Path directory) throws IOException {
    Path probe;
    try {
      probe = Files.createTempFile(directory, "probe", null);
    } catch (IOException e) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.getOwner(probe));
    } finally {
      Files.delete(probe);
    }
  }

  private static boolean isRoots(Path there) throws IOException {
    return Integer.valueOf(ROOT)
        .equals(Files.getAttribute(there, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }
}
