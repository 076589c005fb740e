package culvert.ssh.mina.hostkey;

import culvert.config.file.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
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
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reading a known_hosts file and appending to it, safe against other threads and other Culvert
 * processes.
 */
final class KnownHostsFile {
  private static final Logger log = LoggerFactory.getLogger(KnownHostsFile.class);

  /**
   * A file lock belongs to the whole JVM, so threads need their own; and it ends when any thread
   * closes the file, so that nobody else may have it open meanwhile.
   */
  private static final ReadWriteLock JVM_LOCK = new ReentrantReadWriteLock(true);

  /** For others that hold the lock, threads and processes. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private KnownHostsFile() {}

  /**
   * The file as it is; not while this process adds to one.
   *
   * @throws NoSuchFileException there is none
   * @throws IOException it cannot be read, is no regular file or too large
   */
  static KnownHostsText read(Path file) throws IOException {
    JVM_LOCK.readLock().lock();
    try {
      return new KnownHostsText(file, RegularFile.read(file, KnownHostsText.MAX_OCTETS));
    } finally {
      JVM_LOCK.readLock().unlock();
    }
  }

  /**
   * Reads the file and appends lines, both under a lock. Creates the file (mode 0600) and its
   * directory (0700). What is there stays as it is, a last line without its newline included. Waits
   * for nobody longer than seconds.
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
    lockThreads();
    try {
      return appendAlone(file, decision);
    } finally {
      JVM_LOCK.writeLock().unlock();
    }
  }

  private static <T> T appendAlone(Path file, Function<KnownHosts, Decision<T>> decision)
      throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, mode(file, "rw-------"))) {
      lockProcesses(channel);
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

  private static void lockThreads() throws IOException {
    try {
      if (!JVM_LOCK.writeLock().tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw locked();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
  }

  /** Until the channel closes. */
  private static void lockProcesses(FileChannel channel) throws IOException {
    AtomicBoolean waiting = new AtomicBoolean(true);
    CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (waiting.getAndSet(false)) {
                close(channel);
              }
            });
    try {
      channel.lock();
    } catch (AsynchronousCloseException e) {
      throw waiting.get() ? e : locked();
    }
    if (!waiting.getAndSet(false)) {
      throw locked();
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("a known_hosts that is locked by others was not closed", e);
    }
  }

  private static IOException locked() {
    return new IOException("locked by others for " + PATIENCE.toSeconds() + " s");
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
