package culvert.proxy.audit;

import culvert.config.file.RegularFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads trails line by line, in the order in which they were written, compressed ones too. Blocks
 * for the file system, and holds one line at a time. A trail may be written, put aside and
 * compressed meanwhile: what was there when the files were listed is read once.
 */
public final class TrailReader {
  private final Map<Path, String> begun =
      new LinkedHashMap<>(); // the first line of what is written
  private final List<Path> files;

  private TrailReader(List<Path> files) throws IOException {
    this.files = files;
    for (Path file : files) {
      if (TrailName.isWritten(file) && !TrailName.isCompressed(file)) {
        begun.put(file, first(file).map(LineInput.Line::hash).orElse(LineHash.NONE));
      }
    }
  }

  /** Hears of lines. */
  @FunctionalInterface
  public interface Lines {
    /** One more. */
    void line(TrailLine line) throws IOException;
  }

  /**
   * Of the files of a trail that are there.
   *
   * @param file the one that is written
   */
  public static TrailReader of(Path file) throws IOException {
    List<Path> before;
    TrailReader reader;
    do {
      before = list(file);
      reader = new TrailReader(before);
    } while (!list(file).equals(before)); // or one is put aside just now
    return reader;
  }

  /** Of these files. */
  public static TrailReader of(List<Path> files) throws IOException {
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      }
    }
    return new TrailReader(files.stream().sorted(TrailName.order()).toList());
  }

  private static List<Path> list(Path file) throws IOException {
    TrailName name = new TrailName(file);
    if (Files.notExists(name.directory())) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(name.directory())) {
      List<Path> found = all.filter(name::covers).filter(Files::isRegularFile).toList();
      Predicate<Path> twice =
          path -> TrailName.isCompressed(path) && found.contains(TrailName.uncompressed(path));
      return found.stream().filter(twice.negate()).sorted(TrailName.order()).toList();
    }
  }

  private static Optional<LineInput.Line> first(Path file) throws IOException {
    try (LineInput in = LineInput.open(file)) {
      return Optional.ofNullable(in.next());
    } catch (NoSuchFileException e) {
      return Optional.empty(); // put aside since: it will be found
    }
  }

  /**
   * The hashes of the last lines: of the trail's, and of those that other Culverts have written
   * beside it.
   */
  public List<String> heads() throws IOException {
    Map<Path, String> heads = new LinkedHashMap<>();
    for (Path file : files) {
      LastLine.whole(file).ifPresent(line -> heads.put(TrailName.series(file), line.hash()));
    }
    return List.copyOf(heads.values());
  }

  /** In the order in which they were written, one series after the other. */
  public List<Path> files() {
    return files;
  }

  /**
   * Reads all lines of all files.
   *
   * @throws IOException one cannot be read to its end
   */
  public void read(Lines lines) throws IOException {
    for (Path file : files) {
      read(file, lines);
    }
  }

  /**
   * Reads all lines of one of the files.
   *
   * @throws IOException it cannot be read to its end, with a message for the user; what came before
   *     was told
   */
  public void read(Path file, Lines lines) throws IOException {
    long number = 0;
    try (LineInput in = open(file)) {
      for (LineInput.Line line = in.next(); line != null; line = in.next()) {
        lines.line(TrailLine.of(file, ++number, line));
      }
    } catch (IOException e) {
      throw new IOException(
          file + ":" + number + ": cannot be read behind this line: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof EOFException ? "it ends too soon" : RegularFile.reason(e);
  }

  private LineInput open(Path file) throws IOException {
    @Nullable String first = begun.get(file);
    if (first != null && !first.equals(LineHash.NONE)) {
      return LineInput.open(begins(file, first) ? file : putAside(file, first));
    }
    Path compressed = TrailName.compressed(file);
    return LineInput.open(!Files.exists(file) && Files.exists(compressed) ? compressed : file);
  }

  private static boolean begins(Path file, String first) throws IOException {
    return first(file).filter(line -> line.hash().equals(first)).isPresent();
  }

  /** It is another one's name by now: the file that begins so has got a new one. */
  private static Path putAside(Path file, String first) throws IOException {
    for (Path other : list(file)) {
      if (TrailName.series(other).equals(TrailName.series(file)) && begins(other, first)) {
        return other;
      }
    }
    throw new NoSuchFileException(file.toString());
  }
}
