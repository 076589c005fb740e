package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts a file in the place of another one, which is whole until then. Blocks. */
final class FileReplacement {
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private FileReplacement() {}

  /** Asked last. */
  interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Replaces the file by one with its owner, group and mode.
   *
   * @param file no link
   * @return false: the condition does not hold, and nothing was replaced
   * @throws IOException nothing was replaced
   */
  static boolean replace(Path file, byte[] content, Condition condition) throws IOException {
    Path next =
        file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
    Files.deleteIfExists(next); // of a process that was killed here
    try {
      write(file, next, content);
      if (!condition.holds()) {
        return false;
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } finally {
      Files.deleteIfExists(next);
    }
  }

  private static void write(Path file, Path next, byte[] content) throws IOException {
    @Nullable PosixFileAttributeView old =
        Files.getFileAttributeView(file, PosixFileAttributeView.class);
    FileAttribute<?>[] ownerOnly =
        old == null
            ? new FileAttribute<?>[0]
            : new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            };
    try (FileChannel out = FileChannel.open(next, NEW, ownerOnly)) {
      ByteBuffer octets = ByteBuffer.wrap(content);
      while (octets.hasRemaining()) {
        out.write(octets);
      }
      out.force(true);
    }
    if (old != null) {
      keep(old.readAttributes(), next);
    }
  }

  private static void keep(PosixFileAttributes old, Path next) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(next, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes now = view.readAttributes();
    if (!now.owner().equals(old.owner())) {
      view.setOwner(old.owner());
    }
    if (!now.group().equals(old.group())) {
      view.setGroup(old.group());
    }
    view.setPermissions(old.permissions());
  }
}
