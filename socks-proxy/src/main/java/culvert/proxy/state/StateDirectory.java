package culvert.proxy.state;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The configuration's {@code state-directory}. Its methods block. */
public record StateDirectory(Path path) {
  private static final String EXPECTED =
      " (expected: a directory that Culvert can write; pin-tunnelled: false and audit: off need none)";

  /**
   * Makes sure that it is there, can be written, and is not another user's. What is created is for
   * the owner only.
   *
   * @throws IOException with a message for the user
   */
  public void prepare() throws IOException {
    Path there = FileOwner.thereOrAbove(path);
    Optional<String> owner = FileOwner.another(there, there);
    if (owner.isPresent()) {
      throw new IOException("state-directory: " + there + ": " + FileOwner.problem(owner.get()));
    }
    try {
      OwnerOnly.createDirectories(path);
    } catch (IOException e) {
      throw new IOException(problem("cannot be created: " + reason(e)), e);
    }
    try {
      Files.delete(Files.createTempFile(path, "probe", null));
    } catch (IOException e) {
      throw new IOException(problem("cannot be written: " + reason(e)), e);
    }
  }

  /** What {@link #prepare} would find wrong, as far as can be told without creating anything. */
  public Optional<String> problem() {
    if (Files.isDirectory(path)) {
      return Files.isWritable(path) ? Optional.empty() : Optional.of(problem("cannot be written"));
    }
    Path above = FileOwner.thereOrAbove(path);
    return !above.equals(path) && Files.isDirectory(above)
        ? Optional.of(above).filter(there -> !Files.isWritable(there)).map(this::cannotCreate)
        : Optional.of(cannotCreate(above) + ": not a directory");
  }

  private String cannotCreate(Path above) {
    return problem("cannot be created in " + above);
  }

  private String problem(String what) {
    return "state-directory: " + path + ": " + what + EXPECTED;
  }

  /** Whether others than its owner may take files out of it. */
  public boolean isWritableByOthers() throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null) {
      return false;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    return permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE);
  }

  /** Why a file could not be used, in words. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "a file is there that is no directory";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    @Nullable String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
    return reason == null ? String.valueOf(e.getMessage()) : reason;
  }
}
