package culvert.ssh.mina.hostkey;

import culvert.config.file.RegularFile;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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
   * closes the file, so that nobody else may have it open meanwhile. Many files share one.
   */
  private static final List<ReadWriteLock> THREADS =
      IntStream.range(0, 64)
          .<ReadWriteLock>mapToObj(i -> new ReentrantReadWriteLock(true))
          .toList();

  /** For others that hold the lock, threads and processes. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** In that time a process that was appending has finished, and a lock may be free. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** How often a file may change between reading and writing. */
  private static final int MAX_CHANGES = 20;

  private static final Set<StandardOpenOption> APPENDING =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

  private KnownHostsFile() {}

  /** What waits a moment for others. */
  interface Pause {
    Pause SHORT = () -> sleep(PAUSE);

    void pause() throws IOException;
  }

  private static void sleep(Duration time) throws IOException {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new ClosedByInterruptException();
  }

  private static ReadWriteLock threads(Path file) {
    int hash = KnownHostsPlace.of(file).real().hashCode();
    return THREADS.get(Math.floorMod(hash, THREADS.size()));
  }

  /**
   * The file as it is; not while this process adds to it. Half a line at its end, which another
   * process may be appending at this moment, is given a moment to become whole.
   *
   * @throws NoSuchFileException there is none
   * @throws IOException it cannot be read, is no regular file or too large
   */
  static KnownHostsText read(Path file) throws IOException {
    return read(file, Pause.SHORT);
  }

  static KnownHostsText read(Path file, Pause pause) throws IOException {
    KnownHostsText text = readOnce(file);
    if (!text.endsInHalfALine()) {
      return text;
    }
    pause.pause();
    return readOnce(file);
  }

  private static KnownHostsText readOnce(Path file) throws IOException {
    ReadWriteLock threads = threads(file);
    threads.readLock().lock();
    try {
      byte[] content = RegularFile.read(file, KnownHostsText.MAX_OCTETS);
      log.debug("read {} octets of {}", content.length, file);
      return new KnownHostsText(file, content);
    } finally {
      threads.readLock().unlock();
    }
  }

  /**
   * Reads the file and appends lines, both under a lock. Creates the file (mode 0600) and its
   * directory (0700), as root for whom the directory above belongs to. What is there stays as it
   * is, a last line without its newline included. Who appends without a lock, as {@code ssh} does,
   * loses nothing, and what they append is read.
   *
   * @param patience for who holds the lock; while it lasts, no other thread is kept from the file
   * @param decision what to append, in view of what the file says now; may be asked again
   * @return the decision's result, once its lines are on the disk
   */
  static <T> T append(
      Path file, Duration patience, Pause pause, Function<KnownHosts, Decision<T>> decision)
      throws IOException {
    createParent(file);
    return untilItIsDone(
        file, patience, pause, pauses -> appendUnlessLocked(file, pauses, decision));
  }

  /**
   * Reads the file and puts another one in its place, both under the lock; not if it has changed
   * meanwhile. The new one has the owner and the mode of the old one, which is whole until then.
   *
   * @param decision what it is to hold, in view of what it holds now; may be asked again
   * @return the decision's result, once the file is on the disk
   * @throws IOException it cannot be read or replaced, or its owner could not be kept
   */
  static <T> T rewrite(
      Path file, Duration patience, Pause pause, Function<KnownHostsText, Rewriting<T>> decision)
      throws IOException {
    return untilItIsDone(
        file, patience, pause, pauses -> rewriteUnlessLocked(file, pauses, decision));
  }

  private interface Try<T> {
    Attempt<T> now(boolean mindsHalfALine) throws IOException;
  }

  private static <T> T untilItIsDone(Path file, Duration patience, Pause pause, Try<T> attempts)
      throws IOException {
    if (Files.exists(file)) {
      RegularFile.require(file);
      if (!Files.isRegularFile(file)) {
        throw new IOException("keeps nothing");
      }
    }
    long begun = System.nanoTime();
    boolean pauses = true;
    for (int changes = 0; changes < MAX_CHANGES; ) {
      Attempt<T> attempt = attempts.now(pauses);
      switch (attempt.end()) {
        case DONE -> {
          return attempt.result().orElseThrow();
        }
        case CHANGED -> changes++;
        case HALF_A_LINE -> {
          pauses = false;
          pause.pause();
        }
        case LOCKED -> {
          if (System.nanoTime() - begun >= patience.toNanos()) {
            throw locked();
          }
          log.debug("{} is locked by others: waiting", file);
          pause.pause();
        }
      }
    }
    throw new IOException("changes all the time");
  }

  private enum End {
    DONE,
    LOCKED,
    /** Its last line cannot be read, and has no end yet. */
    HALF_A_LINE,
    /** Somebody has written without a lock. */
    CHANGED
  }

  private record Attempt<T>(End end, Optional<T> result) {
    Attempt(End end) {
      this(end, Optional.empty());
    }
  }

  private static <T> Attempt<T> appendUnlessLocked(
      Path file, boolean mindsHalfALine, Function<KnownHosts, Decision<T>> decision)
      throws IOException {
    Lock threads = threads(file).writeLock();
    lock(threads);
    Optional<Object> before = identity(file);
    try (FileChannel out = FileChannel.open(file, APPENDING, mode(file, "rw-------"));
        FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      if (before.isEmpty()) {
        GivenFiles.giveToDirectorysOwner(file);
      }
      if (!isLocked(out)) {
        return new Attempt<>(End.LOCKED);
      }
      if (before.isPresent() && !before.equals(identity(file))) {
        return new Attempt<>(End.CHANGED);
      }
      byte[] content = RegularFile.read(Channels.newInputStream(in), KnownHostsText.MAX_OCTETS);
      KnownHostsText text = new KnownHostsText(file, content);
      if (mindsHalfALine && text.endsInHalfALine()) {
        return new Attempt<>(End.HALF_A_LINE);
      }
      Decision<T> decided = decision.apply(KnownHosts.of(text));
      boolean written =
          decided.lines().isEmpty()
              || new FileEnd(out, () -> out.force(true))
                  .append(content.length, octets(content, decided.lines()));
      return written
          ? new Attempt<>(End.DONE, Optional.of(decided.result()))
          : new Attempt<>(End.CHANGED);
    } finally {
      threads.unlock();
    }
  }

  private static <T> Attempt<T> rewriteUnlessLocked(
      Path file, boolean mindsHalfALine, Function<KnownHostsText, Rewriting<T>> decision)
      throws IOException {
    Lock threads = threads(file).writeLock();
    lock(threads);
    Optional<Object> before = identity(file);
    try (FileChannel locked = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (!isLocked(locked)) {
        return new Attempt<>(End.LOCKED);
      }
      byte[] content = RegularFile.read(file, KnownHostsText.MAX_OCTETS);
      KnownHostsText text = new KnownHostsText(file, content);
      if (mindsHalfALine && text.endsInHalfALine()) {
        return new Attempt<>(End.HALF_A_LINE);
      }
      Rewriting<T> decided = decision.apply(text);
      if (decided.content().isPresent()) {
        Path real = file.toRealPath();
        boolean replaced =
            FileReplacement.replace(
                real,
                decided.content().get(),
                () ->
                    before.equals(identity(file))
                        && Arrays.equals(
                            content, RegularFile.read(file, KnownHostsText.MAX_OCTETS)));
        if (!replaced) {
          return new Attempt<>(End.CHANGED);
        }
      }
      return new Attempt<>(End.DONE, Optional.of(decided.result()));
    } finally {
      threads.unlock();
    }
  }

  /** Which file stands under that name now: a lock on another one is worth nothing. */
  private static Optional<Object> identity(Path file) throws IOException {
    try {
      return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static byte[] octets(byte[] content, List<String> lines) throws IOException {
    boolean whole = content.length == 0 || content[content.length - 1] == '\n';
    String text = (whole ? "" : "\n") + String.join("\n", lines) + "\n";
    byte[] more = text.getBytes(StandardCharsets.UTF_8);
    if (more.length > KnownHostsText.MAX_OCTETS - content.length) {
      throw new IOException("is full (expected: at most 16 MiB)");
    }
    return more;
  }

  private static void lock(Lock threads) throws IOException {
    try {
      if (!threads.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw locked();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** By this process now, until the channel closes. */
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) { // another name of the same file
      return false;
    }
  }

  private static IOException locked() {
    return new IOException("locked by others");
  }

  /** Lines to append, and what to tell the caller then. */
  record Decision<T>(List<String> lines, T result) {
    Decision {
      lines = List.copyOf(lines);
    }
  }

  /** What the file is to hold, if anything else, and what to tell the caller then. */
  record Rewriting<T>(Optional<byte[]> content, T result) {}

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
      createDirectory(parent);
    }
  }

  /** And those above it. */
  private static void createDirectory(Path directory) throws IOException {
    @Nullable Path above = directory.getParent();
    if (above != null && !Files.isDirectory(above)) {
      createDirectory(above);
    }
    try {
      Files.createDirectory(directory, mode(directory, "rwx------"));
      GivenFiles.giveToDirectorysOwner(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
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
