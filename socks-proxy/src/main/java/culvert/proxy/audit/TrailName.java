package culvert.proxy.audit;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of a trail's files, beside each other: {@code audit.jsonl} is written; {@code
 * audit-BOOT.jsonl} by another Culvert at the same time; {@code audit-TIME.jsonl} was, until that
 * time, and is compressed to {@code audit-TIME.jsonl.gz}.
 */
final class TrailName {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String COMPRESSED = ".gz";

  /** Ours, and what logrotate adds. */
  private static final Pattern PUT_ASIDE =
      Pattern.compile("-[0-9]{8}T[0-9]{9}Z(-[0-9]{1,4})?(?=\\.|$)|([.-][0-9]{1,8})?(\\.gz)?$");

  private final Path file;
  private final String stem;
  private final String extension;
  private final Pattern relative;

  /**
   * @param file the one that is written
   */
  TrailName(Path file) {
    this.file = file;
    String name = name(file);
    int dot = name.lastIndexOf('.');
    stem = dot > 0 ? name.substring(0, dot) : name;
    extension = dot > 0 ? name.substring(dot) : "";
    relative =
        Pattern.compile(
            Pattern.quote(stem)
                + "(?:-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?"
                + "(?:-([0-9]{8}T[0-9]{9}Z)(?:-[0-9]{1,4})?)?"
                + Pattern.quote(extension)
                + "(?:\\.gz)?");
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

  /** For what was written until then. */
  Path rotated(Instant time, int attempt) {
    String again = attempt == 0 ? "" : "-" + attempt;
    return file.resolveSibling(stem + "-" + TIME.format(time) + again + extension);
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

  /** Whether a file of that name is one of this trail. */
  boolean covers(Path other) {
    return relative.matcher(name(other)).matches();
  }

  /** What the names of files have in common that were written one after the other. */
  static String series(Path file) {
    return PUT_ASIDE.matcher(name(file)).replaceAll("");
  }

  /** Whether it was written by another Culvert, beside the trail's own file. */
  boolean isOfABoot(Path other) {
    Matcher matcher = relative.matcher(name(other));
    return matcher.matches() && matcher.group(1) != null;
  }

  /** When a file of this trail was put aside; empty: it was not, or is no file of this trail. */
  Optional<Instant> rotatedAt(Path other) {
    Matcher matcher = relative.matcher(name(other));
    if (!matcher.matches() || matcher.group(2) == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(TIME.parse(matcher.group(2), Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
