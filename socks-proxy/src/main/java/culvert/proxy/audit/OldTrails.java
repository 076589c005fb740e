package culvert.proxy.audit;

import culvert.proxy.state.OwnerOnly;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
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
    Files.move(name.file(), name.putAside(now, files(name)), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The last line of the newest of them that has one. */
  static Optional<LastLine.Found> lastLine(TrailName name) throws IOException {
    List<Path> newestFirst = new ArrayList<>(files(name));
    Collections.reverse(newestFirst);
    for (Path file : newestFirst) {
      if (name.isOfSeries(file) && !TrailName.isWritten(file)) {
        Optional<LastLine.Found> last = LastLine.of(file);
        if (last.isPresent()) {
          return last;
        }
      }
    }
    return Optional.empty();
  }

  private static List<Path> files(TrailName name) throws IOException {
    try (Stream<Path> all = Files.list(name.directory())) {
      return all.filter(name::covers)
          .filter(Files::isRegularFile)
          .sorted(TrailName.order())
          .toList();
    }
  }

  /**
   * Soon compresses what is not yet, and deletes what has been kept long enough: what Culvert has
   * put aside, and what Culverts have written beside this one. Only whoever holds the trail's lock
   * may ask for it.
   */
  void tidy(TrailName name) {
    aside.execute(
        () -> {
          try {
            for (Path file : files(name)) {
              if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                tidy(name, file);
              }
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
    if (Thread.currentThread().isInterrupted()) {
      return; // the next run goes on
    }
    try {
      Optional<Instant> putAside = TrailName.putAsideAt(file);
      if (putAside.isPresent() || name.isWrittenBeside(file)) {
        Instant last = putAside.orElse(Files.getLastModifiedTime(file).toInstant());
        if (last.isBefore(clock.instant().minus(keep))) {
          Files.deleteIfExists(file);
          Files.deleteIfExists(unfinished(file));
        } else if (putAside.isPresent() && !TrailName.isCompressed(file)) {
          compress(file);
        }
      }
    } catch (ClosedByInterruptException | NoSuchFileException e) {
      LOG.debug("{}: left as it is", file, e); // this run ends, or somebody else has taken it
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .setCause(e)
          .log("an old audit trail cannot be compressed or deleted");
    }
  }

  private static Path unfinished(Path file) {
    return file.resolveSibling(file.getFileName() + UNFINISHED);
  }

  private static void compress(Path file) throws IOException {
    Path compressed = TrailName.compressed(file);
    Path unfinished = unfinished(file);
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
