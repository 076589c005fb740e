package culvert.ssh.mina.hostkey;

import culvert.config.file.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Appending to a known_hosts file, safe against other threads and other Culvert processes. */
final class KnownHostsFile {
  /** A file lock belongs to the whole JVM, so threads need their own. */
  private static final Object JVM_LOCK = new Object();

  private KnownHostsFile() {}

  /**
   * Reads the file and appends lines, both under a lock. Creates the file (mode 0600) and its
   * directory (0700). What is there stays as it is, a last line without its newline included.
   *
   * @param decision what to append, in view of what the file says now
   * @return the decision's result, once its lines are on the disk
   */
  static <T> T append(Path file, Function<KnownHosts, Decision<T>> decision) throws IOException {
    createParent(file);
    if (Files.exists(file)) {
      RegularFile.require(file);
      if (!Files.isRegularFile(file)) {
        throw new IOException("keeps nothing");
      }
    }
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    synchronized (JVM_LOCK) {
      try (FileChannel channel = FileChannel.open(file, options, mode(file, "rw-------"))) {
        channel.lock(); // until the channel closes
        byte[] content =
            RegularFile.read(Channels.newInputStream(channel), KnownHostsText.MAX_OCTETS);
        Decision<T> decided = decision.apply(KnownHosts.of(file, content));
        if (decided.lines().isEmpty()) {
          return decided.result();
        }
        boolean whole = content.length == 0 || content[content.length - 1] == '\n';
        String text = (whole ? "" : "\n") + String.join("\n", decided.lines()) + "\n";
        byte[] more = text.getBytes(StandardCharsets.UTF_8);
        if (more.length > KnownHostsText.MAX_OCTETS - content.length) {
          throw new IOException("is full (expected: at most 16 MiB)");
        }
        append(channel, content.length, more);
        return decided.result();
      }
    }
  }

  /** Lines to append, and what to tell the caller then. */
  record Decision<T>(List<String> lines, T result) {
    Decision {
      lines = List.copyOf(lines);
    }
  }

  /** All of it or, on a full disk, nothing: half a line would spoil the next one. */
  private static void append(FileChannel channel, long end, byte[] octets) throws IOException {
    try {
      write(channel, end, octets);
      channel.force(true);
    } catch (IOException e) {
      channel.truncate(end);
      throw e;
    }
  }

  private static void write(FileChannel channel, long position, byte[] octets) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(octets);
    while (out.hasRemaining()) {
      channel.write(out, position + out.position());
    }
  }

  /** The same for one and the same file, by whatever links it is named, and before it exists. */
  static Path identity(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException e) { // not there yet
      Path parent = absolute.getParent();
      return parent == null || parent.equals(absolute)
          ? absolute
          : identity(parent).resolve(absolute.getFileName());
    }
  }

  /** Why a file cannot be written, in words. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException trouble && trouble.getReason() != null
        ? trouble.getReason()
        : e instanceof NoSuchFileException ? "no such directory" : String.valueOf(e.getMessage());
  }

  private static void createParent(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      Files.createDirectories(parent, mode(parent, "rwx------"));
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
