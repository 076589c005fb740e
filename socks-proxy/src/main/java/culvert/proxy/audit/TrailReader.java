package culvert.proxy.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads trails line by line, in the order in which they were written, compressed ones too. Blocks
 * for the file system, and holds one line at a time.
 */
public final class TrailReader {
  /** Longer ones were not written by Culvert: an event has a few KiB. */
  private static final int LONGEST = 1 << 20;

  private TrailReader() {}

  /** Hears of lines. */
  @FunctionalInterface
  public interface Lines {
    /** One more. */
    void line(TrailLine line) throws IOException;
  }

  /**
   * The files of a trail that are there, the eldest first.
   *
   * @param file the one that is written
   */
  public static List<Path> files(Path file) throws IOException {
    TrailName name = new TrailName(file);
    if (!Files.isDirectory(name.directory())) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(name.directory())) {
      List<Path> found = all.filter(name::covers).toList();
      Predicate<Path> twice =
          path -> TrailName.isCompressed(path) && found.contains(TrailName.uncompressed(path));
      return inOrder(found.stream().filter(twice.negate()).toList());
    }
  }

  /**
   * The same files, the one that begins first first. Empty ones are left out.
   *
   * @throws IOException one of them cannot be read
   */
  public static List<Path> inOrder(List<Path> files) throws IOException {
    record Begun(Path file, String time) {}
    List<Begun> begun = new ArrayList<>();
    for (Path file : files) {
      Optional<TrailLine> first = first(file);
      first.ifPresent(line -> begun.add(new Begun(file, line.text("time").orElse(""))));
    }
    return begun.stream()
        .sorted(Comparator.comparing(Begun::time).thenComparing(one -> one.file().toString()))
        .map(Begun::file)
        .toList();
  }

  private static Optional<TrailLine> first(Path file) throws IOException {
    try (InputStream in = open(file)) {
      return Optional.ofNullable(next(in)).map(octets -> TrailLine.of(file, 1, octets));
    }
  }

  /** Reads all lines of a file. */
  public static void read(Path file, Lines lines) throws IOException {
    try (InputStream in = open(file)) {
      byte[] octets = next(in);
      for (long number = 1; octets != null; number++) {
        lines.line(TrailLine.of(file, number, octets));
        octets = next(in);
      }
    } catch (EOFException e) {
      throw new IOException(file + " is cut off: " + e.getMessage(), e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      return TrailName.isCompressed(file)
          ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16)
          : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** Without its end; null: there are no more. */
  private static byte @org.jspecify.annotations.Nullable [] next(InputStream in)
      throws IOException {
    int octet = in.read();
    if (octet < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    while (octet >= 0 && octet != '\n') {
      if (line.size() == LONGEST) {
        throw new IOException("a line of more than " + LONGEST + " octets (expected: an event)");
      }
      line.write(octet);
      octet = in.read();
    }
    return line.toByteArray();
  }
}
