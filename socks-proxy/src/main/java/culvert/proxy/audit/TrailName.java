package culvert.proxy.audit;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of a trail's files, beside each other: {@code audit.jsonl} is written; {@code
 * audit-BOOT.jsonl} by another Culvert at the same time; {@code audit-TIME.jsonl} was, until that
 * time, and is compressed to {@code audit-TIME.jsonl.gz}. logrotate calls them {@code
 * audit.jsonl.1}, {@code audit.jsonl-20261130} or {@code audit-20261130.jsonl}.
 *
 * <p>Files that were written one after the other are a series; their names have its order, for
 * clocks can be set back.
 */
final class TrailName {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String COMPRESSED = ".gz";
  private static final String UUID_FORM = "-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final Pattern PUT_ASIDE = Pattern.compile("(.+)-([0-9]{8}T[0-9]{9}Z)(\\.[^.]*)?");
  private static final Pattern DATED =
      Pattern.compile("(.+)-([0-9]{8}(?:-[0-9]{1,10})?)(\\.[^.]*)?");
  private static final Pattern NUMBERED = Pattern.compile("(.+)\\.([0-9]{1,4})");

  /** How a file has got its name, in the order of a series in which that has changed. */
  private enum Kind {
    NUMBERED,
    DATED,
    PUT_ASIDE,
    WRITTEN
  }

  /**
   * What a file's name says.
   *
   * @param series the name of the file that is written
   * @param order among those of its kind
   */
  private record Place(String series, Kind kind, String order) {
    static Place of(Path path) {
      String name = name(isCompressed(path) ? uncompressed(path) : path);
      Matcher putAside = PUT_ASIDE.matcher(name);
      if (putAside.matches()) {
        return of(Kind.PUT_ASIDE, putAside);
      }
      Matcher dated = DATED.matcher(name);
      if (dated.matches()) {
        return of(Kind.DATED, dated);
      }
      Matcher numbered = NUMBERED.matcher(name);
      if (numbered.matches()) {
        int number = Integer.parseInt(numbered.group(2)); // the eldest has the greatest
        return new Place(numbered.group(1), Kind.NUMBERED, "%05d".formatted(99_999 - number));
      }
      return new Place(name, Kind.WRITTEN, "");
    }

    private static Place of(Kind kind, Matcher name) {
      String extension = name.group(3) == null ? "" : name.group(3);
      return new Place(name.group(1) + extension, kind, name.group(2));
    }
  }

  private final Path file;
  private final String stem;
  private final String extension;
  private final Pattern ofBoots;

  /**
   * @param file the one that is written
   */
  TrailName(Path file) {
    this.file = file;
    String name = name(file);
    int dot = name.lastIndexOf('.');
    stem = dot > 0 ? name.substring(0, dot) : name;
    extension = dot > 0 ? name.substring(dot) : "";
    ofBoots = Pattern.compile(Pattern.quote(stem) + UUID_FORM + Pattern.quote(extension));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  Path file() {
    return file;
  }

  Path directory() {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  Path lock() {
    return file.resolveSibling(stem + ".lock");
  }

  /** For another process's trail beside this one. */
  Path ofBoot(UUID boot) {
    return file.resolveSibling(stem + "-" + boot + extension);
  }

  /**
   * For what was written until now.
   *
   * @param beside the files that are there: it comes behind all of them, even if the clock was set
   *     back
   */
  Path putAside(Instant now, List<Path> beside) {
    Instant next =
        beside.stream()
            .filter(this::isOfSeries)
            .flatMap(path -> putAsideAt(path).stream())
            .max(Comparator.naturalOrder())
            .map(last -> last.plusMillis(1))
            .filter(now::isBefore)
            .orElse(now);
    return file.resolveSibling(stem + "-" + TIME.format(next) + extension);
  }

  static boolean isCompressed(Path file) {
    return name(file).endsWith(COMPRESSED);
  }

  static Path compressed(Path rotated) {
    return rotated.resolveSibling(name(rotated) + COMPRESSED);
  }

  static Path uncompressed(Path compressed) {
    String name = name(compressed);
    return compressed.resolveSibling(name.substring(0, name.length() - COMPRESSED.length()));
  }

  /** Whether a file of that name is one of this trail, or of one that was written beside it. */
  boolean covers(Path other) {
    return isOfSeries(other) || ofBoots.matcher(Place.of(other).series()).matches();
  }

  /** Whether a file of that name is, or once was, the one that is written. */
  boolean isOfSeries(Path other) {
    return Place.of(other).series().equals(name(file));
  }

  /** Whether another Culvert writes it, or did so to its end. */
  boolean isWrittenBeside(Path other) {
    return Place.of(other).kind() == Kind.WRITTEN
        && !isCompressed(other)
        && ofBoots.matcher(name(other)).matches();
  }

  /** When Culvert has put a file aside; empty: it has not. */
  static Optional<Instant> putAsideAt(Path other) {
    Place place = Place.of(other);
    if (place.kind() != Kind.PUT_ASIDE) {
      return Optional.empty();
    }
    try {
      return Optional.of(TIME.parse(place.order(), Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether it is still written, for all that its name says. */
  static boolean isWritten(Path other) {
    return Place.of(other).kind() == Kind.WRITTEN;
  }

  /** What files have in common that were written one after the other. */
  static Path series(Path file) {
    return file.toAbsolutePath().resolveSibling(Place.of(file).series());
  }

  /** One series after the other, each from its beginning; first those of no other Culvert. */
  static Comparator<Path> order() {
    return Comparator.comparing(
            (Path file) -> Pattern.compile(UUID_FORM).matcher(Place.of(file).series()).find())
        .thenComparing(TrailName::series)
        .thenComparing(file -> Place.of(file).kind())
        .thenComparing(file -> Place.of(file).order())
        .thenComparing(TrailName::isCompressed);
  }
}
