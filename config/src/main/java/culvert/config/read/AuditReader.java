package culvert.config.read;

import culvert.config.AuditSettings;
import culvert.config.AuditSettings.OnFull;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Scalar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The section {@code audit}, or the word {@code off}. */
final class AuditReader {
  private static final String OFF = "off";

  private static final Key<String> FILE =
      Key.of(
          "file", ValueTypes.scalar("a file's name, or a path", AuditReader::name), "audit.jsonl");
  private static final Key<Long> ROTATE =
      Key.of("rotate", Quantities.size("64KiB", "1TiB"), "100MiB");
  private static final Key<Duration> KEEP = Key.of("keep", Quantities.positiveDuration(), "400d");
  private static final Key<Boolean> PATHS = Key.of("paths", ValueTypes.BOOLEAN, "true");
  private static final Key<OnFull> ON_FULL =
      Key.of("on-full", ValueTypes.word(OnFull.values()), "drop");

  static final List<Key<?>> KEYS = List.of(FILE, ROTATE, KEEP, PATHS, ON_FULL);

  private AuditReader() {}

  /** Empty: no trail is kept. */
  static Optional<AuditSettings> read(YamlValue value, Path stateDirectory, Reading reading) {
    if (value instanceof Scalar scalar && !value.isNull()) {
      if (!scalar.text().equals(OFF)) {
        reading.error(
            value.location(),
            "audit: " + ValueTypes.expected(scalar.text(), "off, or a mapping").getMessage());
      }
      return Optional.empty();
    }
    Section section = Section.of("audit", value, KEYS, reading);
    return Optional.of(
        new AuditSettings(
            path(section, stateDirectory, reading),
            section.get(ROTATE),
            section.get(KEEP),
            section.get(PATHS),
            section.get(ON_FULL)));
  }

  private static String name(String text) {
    if (text.isBlank() || text.endsWith("/") || ValueTypes.hasControl(text)) {
      throw ValueTypes.expected(text, "a file's name, or a path");
    }
    return text;
  }

  private static Path path(Section section, Path stateDirectory, Reading reading) {
    String text = section.get(FILE);
    try {
      return text.startsWith("~")
          ? Paths.parse(text, reading.environment())
          : stateDirectory.resolve(text);
    } catch (IllegalArgumentException e) {
      reading.error(section.location(FILE), "file: " + e.getMessage());
      return stateDirectory;
    }
  }
}
