package culvert.proxy.audit;

import culvert.proxy.state.OwnerOnly;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the trail that are full: put aside, compressed, and deleted when their time has
 * come. What takes time is done by the executor. Thread-safe.
 */
final class OldTrails {
  private static final Logger LOG = LoggerFactory.getLogger(OldTrails.class);
  private static final String UNFINISHED = ".part";

  private final Duration keep;
  private final InstantSource clock;
  private final Executor aside;

  OldTrails(Duration keep, InstantSource clock, Executor aside) {
    this.keep = keep;
    this.clock = clock;
    this.aside = aside;
  }

  /** Gives the file its name among the old ones. */
  void putAside(TrailName name, Instant now) throws IOException {
    for (int attempt = 0; ; attempt++) {
      Path rotated = name.rotated(now, attempt);
      if (!Files.exists(rotated) && !Files.exists(TrailName.compressed(rotated))) {
        Files.move(name.file(), rotated, StandardCopyOption.ATOMIC_MOVE);
        return;
      }
    }
  }

  /** The last line of the newest of them. */
  Optional<LastLine.Found> lastLine(TrailName name) throws IOException {
    List<Path> old = rotated(name);
    return old.isEmpty() ? Optional.empty() : LastLine.of(old.get(old.size() - 1));
  }

  private static List<Path> rotated(TrailName name) throws IOException {
    return files(name).stream()
        .filter(file -> name.rotatedAt(file).isPresent() && !name.isOfABoot(file))
        .sorted(Comparator.comparing(file -> String.valueOf(file.getFileName())))
        .toList();
  }

  private static List<Path> files(TrailName name) throws IOException {
    try (Stream<Path> all = Files.list(name.directory())) {
      return all.filter(name::covers).toList();
    }
  }

  /** Soon compresses what is not yet, and deletes what has been kept long enough. */
  void tidy(TrailName name) {
    aside.execute(
        () -> {
          try {
            for (Path file : files(name)) {
              tidy(name, file);
            }
          } catch (IOException e) {
            LOG.atWarn()
                .addKeyValue("directory", name.directory())
                .setCause(e)
                .log("old audit trails cannot be looked through");
          }
        });
  }

  private void tidy(TrailName name, Path file) {
    try {
      if (lastWritten(name, file).isBefore(clock.instant().minus(keep))) {
        if (!file.equals(name.file())) {
          Files.deleteIfExists(file);
        }
      } else if (name.rotatedAt(file).isPresent() && !TrailName.isCompressed(file)) {
        compress(file);
      }
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .setCause(e)
          .log("an old audit trail cannot be compressed or deleted");
    }
  }

  private static Instant lastWritten(TrailName name, Path file) throws IOException {
    Optional<Instant> rotated = name.rotatedAt(file);
    return rotated.isPresent() ? rotated.get() : Files.getLastModifiedTime(file).toInstant();
  }

  private static void compress(Path file) throws IOException {
    Path compressed = TrailName.compressed(file);
    Path unfinished = compressed.resolveSibling(compressed.getFileName() + UNFINISHED);
    FileTime time = Files.getLastModifiedTime(file);
    Files.deleteIfExists(unfinished); // of somebody who was killed here
    try (FileChannel channel =
            FileChannel.open(
                unfinished,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                OwnerOnly.file(unfinished));
        GZIPOutputStream out = new GZIPOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
      Files.copy(file, out);
      out.finish();
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
    Files.setLastModifiedTime(unfinished, time);
    Files.move(unfinished, compressed, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(file);
  }
}
