package culvert.proxy.pin;

import culvert.config.Endpoint;
import culvert.config.file.RegularFile;
import culvert.proxy.state.FileOwner;
import culvert.proxy.state.OwnerOnly;
import culvert.proxy.state.StateDirectory;
import culvert.proxy.upstream.TunnelPins;
import culvert.proxy.upstream.TunnelPins.FixedTarget;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code pins} in the state directory, which several Culverts and people may share. Who
 * changes it holds a lock on the file beside it, and replaces it as a whole; who reads it sees the
 * old or the new one. Thread-safe; all methods block.
 */
public final class PinFile {
  private static final Logger LOG = LoggerFactory.getLogger(PinFile.class);

  /** A file lock belongs to the whole JVM, so threads need their own. */
  private static final Object JVM_LOCK = new Object();

  private final StateDirectory directory;
  private final Path file;
  private final Path lock;
  private final Path next;

  public PinFile(StateDirectory directory) {
    this.directory = directory;
    this.file = directory.path().resolve("pins");
    this.lock = directory.path().resolve("pins.lock");
    this.next = directory.path().resolve("pins.new");
  }

  /** Where it is, or would be. */
  public Path path() {
    return file;
  }

  /** Whether there has ever been a Culvert that kept state here. */
  public boolean exists() {
    return Files.exists(directory.path());
  }

  /**
   * What it says now. A file that is not there pins nothing; a directory that is not there is a
   * failure, for it was when Culvert started, and so is a link to nothing.
   *
   * @throws IOException with a message for the user
   */
  public PinList read() throws IOException {
    try {
      return PinList.of(file, content());
    } catch (NoSuchFileException e) {
      if (!Files.isSymbolicLink(file) && Files.isDirectory(directory.path())) {
        return PinList.of(file, new byte[0]);
      }
      throw new UnusableException(file, "read", e);
    } catch (IOException e) {
      throw new UnusableException(file, "read", e);
    }
  }

  /**
   * Why a destination does not go into plaintext when its SSH server cannot be reached, for a
   * person; empty if that is not for the pins to say.
   *
   * @param fixed see {@link TunnelPins}
   * @param rules all of the configuration's with a target
   */
  public Optional<String> objection(
      Endpoint destination, Optional<FixedTarget> fixed, Set<FixedTarget> rules) {
    if (!exists()) {
      return Optional.empty();
    }
    try {
      PinList list = read();
      Stream<Pinned> names =
          Stream.concat(
              Stream.of(PinnedDestination.of(destination)), fixed.map(PinnedRule::of).stream());
      return names
          .filter(list::contains)
          .findFirst()
          .map(name -> "it was once tunnelled; culvert unpin " + name.argument())
          .or(() -> list.unreadable().stream().findFirst().map(line -> "may be meant by " + line))
          .or(
              () ->
                  list.unknownRules(PinnedRule.of(rules)).stream()
                      .findFirst()
                      .map(
                          rule ->
                              "may be meant by a rule that is none any more; culvert unpin "
                                  + rule.argument()));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private byte[] content() throws IOException {
    RegularFile.require(file); // a pipe would keep whoever opens it
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readAllBytes();
    }
  }

  /** Hears of pins that are about to go. */
  @FunctionalInterface
  public interface Notice {
    /**
     * They are there until it returns, and stay if it fails.
     *
     * @throws IOException with a message for the user
     */
    void going(List<Pinned> pins) throws IOException;
  }

  /** Adds those pins that are not there yet. On the disk when it returns. */
  void add(Collection<Pin> pins) throws IOException {
    update(list -> list.with(pins), before -> {});
  }

  /**
   * Takes pins out. On the disk when it returns. Only for the user whose file it is: nobody else
   * could leave one that the proxy can read, and root has no business with the files of a directory
   * that others write.
   *
   * @param notice given those that are there, before they go, if there are any
   * @return what the file said before
   * @throws IOException with a message for the user; they are all still there
   */
  public PinList remove(Collection<? extends Pinned> unpinned, Notice notice) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return read();
    }
    requireOurs(file);
    requireOurs(directory.path());
    return update(
        list -> list.without(unpinned),
        before ->
            notice.going(unpinned.stream().<Pinned>map(p -> p).filter(before::contains).toList()));
  }

  private void requireOurs(Path there) throws IOException {
    Optional<String> owner = FileOwner.another(there, directory.path());
    if (owner.isPresent()) {
      throw new IOException("pins: " + there + " " + FileOwner.problem(owner.get()));
    }
  }

  /** What is done under the lock before the file changes. */
  private interface First {
    void of(PinList before) throws IOException;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private PinList update(UnaryOperator<PinList> change, First first) throws IOException {
    synchronized (JVM_LOCK) {
      requireLock();
      try (FileChannel locked = locked()) {
        PinList before = read();
        byte[] content = change.apply(before).content();
        if (!Arrays.equals(content, before.content())) {
          first.of(before);
          replace(content);
        }
        return before;
      }
    }
  }

  /** Until the channel closes. */
  private FileChannel locked() throws IOException {
    Set<OpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      FileChannel channel = FileChannel.open(lock, options, OwnerOnly.file(lock));
      try {
        channel.lock();
        return channel;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UnusableException(file, "written", e);
    }
  }

  private void requireLock() throws IOException {
    try {
      RegularFile.require(lock);
    } catch (NoSuchFileException e) {
      // It will be created.
    } catch (IOException e) {
      throw new UnusableException(lock, "locked", e);
    }
  }

  private void replace(byte[] content) throws IOException {
    try {
      writeNext(content);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UnusableException(file, "written", e);
    }
    forceDirectory();
  }

  private void writeNext(byte[] content) throws IOException {
    Files.deleteIfExists(next); // of somebody who was killed here
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(next, options, OwnerOnly.file(next))) {
      ByteBuffer out = ByteBuffer.wrap(content);
      while (out.hasRemaining()) {
        channel.write(out);
      }
      channel.force(true);
    }
  }

  /** Or the rename may be lost with the power. Not every system lets a directory be opened. */
  private void forceDirectory() {
    try (FileChannel entries = FileChannel.open(directory.path(), StandardOpenOption.READ)) {
      entries.force(true);
    } catch (IOException e) {
      LOG.debug("{} cannot be synchronised", directory.path(), e);
    }
  }

  private static final class UnusableException extends IOException {
    private static final long serialVersionUID = 1;

    UnusableException(Path file, String participle, IOException cause) {
      super(
          "pins: " + file + " cannot be " + participle + ": " + StateDirectory.reason(cause),
          cause);
    }
  }
}
