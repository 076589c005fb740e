package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * known_hosts files as they were read last: each is read once for each change, whoever asks, but
 * for the first two seconds after one. A time that is yet to come, as after the clock was set back,
 * counts when it has been seen for as long. Blocks for the file system, and for who reads the same
 * file. Thread-safe.
 */
final class KnownHostsCache {
  /** Of all files together, but for the one that was asked for last. */
  private static final long MAX_OCTETS = 4L * KnownHostsText.MAX_OCTETS;

  private static final int MAX_FILES = 100;

  /** Within that a second change may leave no trace in the times of the file. */
  private static final Duration UNSETTLED = Duration.ofSeconds(2);

  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Map<Path, Slot> slots = new LinkedHashMap<>(16, 0.75f, true); // guarded by this

  /** One file. */
  private static final class Slot {
    private @Nullable Stamp stamp; // of the text; guarded by the slot
    private @Nullable Stamp seen; // the last one; guarded by the slot
    private long seenFirst; // when that was first seen; guarded by the slot
    private List<String> warnings = List.of(); // said of that; guarded by the slot
    private volatile @Nullable KnownHostsText text; // written under the slot's lock

    /** Whether the stamp has been there for long enough, whatever the time in it is. */
    boolean hasSeen(Stamp now, long nanoTime) {
      assert Thread.holdsLock(this);
      if (now.equals(seen)) {
        return nanoTime - seenFirst > UNSETTLED.toNanos();
      }
      seen = now;
      seenFirst = nanoTime;
      warnings = List.of();
      return false;
    }

    /** Once for each change. */
    void warn(KnownHostsText read) {
      assert Thread.holdsLock(this);
      List<String> now = read.warnings();
      if (!now.equals(warnings)) {
        warnings = now;
        read.warn();
      }
    }

    long octets() {
      KnownHostsText now = text;
      return now == null ? 0 : now.octets();
    }
  }

  /** What changes with the content; the change time is the file system's own, where it has one. */
  private record Stamp(
      long size, FileTime modified, Optional<FileTime> changed, Optional<Object> identity) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
      boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
      return new Stamp(
          basic.size(),
          basic.lastModifiedTime(),
          unix ? Optional.of((FileTime) Files.getAttribute(file, "unix:ctime")) : Optional.empty(),
          Optional.ofNullable(basic.fileKey()));
    }

    boolean isSettled(Clock clock) {
      FileTime last = changed.filter(time -> time.compareTo(modified) > 0).orElse(modified);
      return last.toInstant().plus(UNSETTLED).isBefore(clock.instant());
    }
  }

  KnownHostsCache(Clock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /**
   * The file as it is now.
   *
   * @throws NoSuchFileException there is none
   * @throws IOException it cannot be read, or is too large
   */
  KnownHostsText get(Path file) throws IOException {
    Slot slot = slot(file);
    try {
      synchronized (slot) {
        return get(file, slot);
      }
    } finally {
      makeRoom();
    }
  }

  private KnownHostsText get(Path file, Slot slot) throws IOException {
    assert Thread.holdsLock(slot);
    Stamp before;
    try {
      before = Stamp.of(file);
    } catch (IOException e) {
      slot.text = null;
      throw e;
    }
    KnownHostsText kept = slot.text;
    if (kept != null && before.equals(slot.stamp)) {
      return kept;
    }
    slot.text = null; // not two of them at a time
    boolean stays = slot.hasSeen(before, nanoTime.getAsLong());
    KnownHostsText text = KnownHostsFile.read(file);
    slot.warn(text);
    if ((stays || before.isSettled(clock)) && before.equals(Stamp.of(file))) {
      slot.stamp = before;
      slot.text = text;
    }
    return text;
  }

  private synchronized Slot slot(Path file) {
    return slots.computeIfAbsent(file, f -> new Slot());
  }

  private synchronized void makeRoom() {
    long octets = slots.values().stream().mapToLong(Slot::octets).sum();
    Iterator<Slot> oldestFirst = slots.values().iterator();
    while (slots.size() > 1 && (octets > MAX_OCTETS || slots.size() > MAX_FILES)) {
      octets -= oldestFirst.next().octets();
      oldestFirst.remove();
    }
  }
}
