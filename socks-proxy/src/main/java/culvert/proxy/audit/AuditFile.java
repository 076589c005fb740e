package culvert.proxy.audit;

import culvert.config.file.RegularFile;
import culvert.proxy.state.FileOwner;
import culvert.proxy.state.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the trail that is written, whole lines only. Held under a lock as long as it is open;
 * if another Culvert holds it, the trail goes to a file of its own beside it. Confined to the
 * thread that writes; all methods block for the file system.
 */
final class AuditFile implements TrailOut {
  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
  private static final byte LINE_END = '\n';
  private static final long WHOLE = -1;

  /** Old files go, and those that another Culvert has put aside are compressed. */
  private static final Duration TIDIED_EVERY = Duration.ofHours(1);

  private final TrailName name;
  private final OldTrails old;
  private final long rotate;
  private final InstantSource clock;
  private final @Nullable FileChannel lock;
  private OpenFile out;
  private long rotateAt;
  private long cutOffAt = WHOLE;
  private boolean unforced;
  private boolean unended; // the file's last line has no end
  private Instant tidiedAt;

  private AuditFile(
      TrailName name,
      OldTrails old,
      long rotate,
      InstantSource clock,
      @Nullable FileChannel lock,
      OpenFile out) {
    this.name = name;
    this.old = old;
    this.rotate = rotate;
    this.clock = clock;
    this.lock = lock;
    this.out = out;
    this.rotateAt = rotate;
    this.tidiedAt = clock.instant();
  }

  /**
   * Opens the file, or the one of this boot if another Culvert writes to it.
   *
   * @param rotate octets past which a file is put aside
   * @throws IOException it cannot be written, and why
   */
  static AuditFile open(Path wanted, long rotate, OldTrails old, UUID boot, InstantSource clock)
      throws IOException {
    TrailName name = new TrailName(wanted);
    requireOurs(wanted, name.directory());
    OwnerOnly.createDirectories(name.directory());
    FileChannel lock = lock(name.lock());
    if (lock == null) {
      name = new TrailName(name.ofBoot(boot));
    }
    try {
      OpenFile out = OpenFile.of(name.file());
      if (lock != null) {
        old.tidy(name);
      }
      return new AuditFile(name, old, rotate, clock, lock, out);
    } catch (IOException | RuntimeException e) {
      if (lock != null) {
        lock.close();
      }
      throw e;
    }
  }

  private static void requireOurs(Path wanted, Path directory) throws IOException {
    Path above = FileOwner.thereOrAbove(directory);
    Path there = Files.exists(wanted) ? wanted : above;
    Optional<String> owner = FileOwner.another(there, above);
    if (owner.isPresent()) {
      String what = above.equals(directory) ? "it" : above.toString();
      throw new IOException(what + " " + FileOwner.problem(owner.get()));
    }
  }

  private static @Nullable FileChannel lock(Path file) throws IOException {
    FileChannel channel = OpenFile.channel(file);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another one in this process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  @Override
  public String name() {
    return name.file().toString();
  }

  /**
   * The hash of the last line that is there, {@link LineHash#NONE} if there is none. A line that
   * was cut off becomes one for itself when another one follows: nothing is taken out of a trail.
   */
  String lastHash() throws IOException {
    Optional<LastLine.Found> last = LastLine.of(name.file());
    unended = last.isPresent() && !last.get().whole();
    if (last.isEmpty()) {
      last = lastOfTheOld();
    }
    return last.map(LastLine.Found::hash).orElse(LineHash.NONE);
  }

  /** A trail goes on even if what was before it cannot be read. */
  private Optional<LastLine.Found> lastOfTheOld() {
    try {
      return OldTrails.lastLine(name);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", name.file())
          .addKeyValue("detail", RegularFile.reason(e))
          .log("the audit trail before this cannot be read: the chain begins anew");
      return Optional.empty();
    }
  }

  @Override
  public void append(byte[] line) throws IOException {
    cutOff();
    long before = out.channel().size();
    if (before > 0 && before + line.length >= rotateAt) {
      rotate(before);
      before = out.channel().size();
    }
    ByteBuffer octets = ByteBuffer.allocate(line.length + 2);
    if (unended) {
      octets.put(LINE_END);
    }
    try {
      write(octets.put(line).put(LINE_END).flip());
      unended = false;
    } catch (IOException e) {
      cutOffAt = before;
      cutOff();
      throw e;
    }
  }

  private void write(ByteBuffer octets) throws IOException {
    unforced = true;
    while (octets.hasRemaining()) {
      out.channel().write(octets);
    }
  }

  /** Takes away the part of a line that could not be written to its end. */
  private void cutOff() throws IOException {
    if (cutOffAt != WHOLE) {
      out.channel().truncate(cutOffAt);
      cutOffAt = WHOLE;
    }
  }

  private void rotate(long size) throws IOException {
    force();
    try {
      old.putAside(name, clock.instant());
    } catch (IOException e) {
      rotateAt = size + rotate; // better a large file than none
      LOG.atWarn()
          .addKeyValue("file", name.file())
          .addKeyValue("detail", RegularFile.reason(e))
          .log("the audit trail's file cannot be put aside: it goes on growing");
      return;
    }
    reopen();
    tidy();
  }

  /** Whoever holds the lock does it for all. */
  private void tidy() {
    tidiedAt = clock.instant();
    if (lock != null) {
      old.tidy(name);
    }
  }

  @Override
  public void force() throws IOException {
    if (unforced) {
      out.channel().force(false);
      unforced = false;
    }
  }

  @Override
  public void follow() throws IOException {
    if (!out.isThere()) {
      leave();
      reopen();
    } else if (Duration.between(tidiedAt, clock.instant()).abs().compareTo(TIDIED_EVERY) > 0) {
      tidy();
    }
  }

  /** A file that has gone elsewhere, and perhaps for good. */
  private void leave() {
    try {
      cutOff();
      force();
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", name.file())
          .addKeyValue("detail", RegularFile.reason(e))
          .log("the audit trail's file that was moved away cannot be written to its end");
    }
  }

  private void reopen() throws IOException {
    OpenFile before = out;
    out = OpenFile.of(name.file());
    rotateAt = rotate;
    cutOffAt = WHOLE;
    unended = false;
    before.channel().close();
  }

  @Override
  public void close() throws IOException {
    try {
      cutOff();
      force();
    } finally {
      out.channel().close();
      if (lock != null) {
        lock.close();
      }
    }
  }
}
