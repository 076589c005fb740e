package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes accepted host keys down. Blocks. Safe against other threads and other processes. */
public final class KnownHostsAppender {
  /** A file lock belongs to the whole JVM, so threads need their own. */
  private static final Object JVM_LOCK = new Object();

  private KnownHostsAppender() {}

  /**
   * Appends the key, unless the file says something about the host by now. Creates the file (mode
   * 0600) and its directory (0700).
   *
   * @return {@link HostKeyVerdict.Known} when the file has the key now; what the file says
   *     otherwise (changed, revoked): somebody wrote another key meanwhile, and the connection must
   *     be given up
   * @throws IOException the file cannot be written; OpenSSH goes on with a warning then
   */
  public static HostKeyVerdict append(Path file, String host, int port, HostKey key)
      throws IOException {
    createParent(file);
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    synchronized (JVM_LOCK) {
      try (FileChannel channel = FileChannel.open(file, options, mode(file, "rw-------"))) {
        channel.lock(); // until the channel closes
        byte[] content = Channels.newInputStream(channel).readAllBytes();
        KnownHost known = KnownHosts.of(file, content).lookup(host, port);
        HostKeyVerdict verdict = known.judge(key, true);
        if (!(verdict instanceof HostKeyVerdict.NewAccepted)) {
          return verdict;
        }
        boolean newline = content.length == 0 || content[content.length - 1] == '\n';
        String line = (newline ? "" : "\n") + key.line(known.name()) + "\n";
        writeAll(channel, content.length, line.getBytes(StandardCharsets.UTF_8));
        channel.force(true);
        int number = lines(content) + 1;
        return new HostKeyVerdict.Known(known.name(), new KnownKey(key, file, number));
      }
    }
  }

  private static int lines(byte[] content) {
    int lines = 0;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == '\n' || i == content.length - 1) {
        lines++;
      }
    }
    return lines;
  }

  private static void writeAll(FileChannel channel, long position, byte[] octets)
      throws IOException {
    ByteBuffer out = ByteBuffer.wrap(octets);
    while (out.hasRemaining()) {
      channel.write(out, position + out.position());
    }
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
