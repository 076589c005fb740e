package culvert.config.yaml;

import culvert.config.Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node of a YAML document: its text and its place, before anybody gave it a type. */
public sealed interface YamlValue {

  Location location();

  /** What it is, for a message. */
  String kind();

  /** Whether nothing is written, or {@code null}, which is the same as leaving the key out. */
  default boolean isNull() {
    return false;
  }

  /**
   * Text, whatever YAML might take it for: {@code no} and {@code 0123} stay what was written.
   *
   * @param plain without quotes
   */
  record Scalar(Location location, String text, boolean plain, boolean isNull)
      implements YamlValue {
    @Override
    public String kind() {
      return isNull ? "nothing" : "text";
    }

    /** Without the text, which may be a secret. */
    @Override
    public String toString() {
      return kind() + " at " + location;
    }
  }

  /** A list. */
  record Sequence(Location location, List<YamlValue> items) implements YamlValue {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Keys and values, in the order of the file, without duplicates. */
  record Mapping(Location location, Map<String, Entry> entries) implements YamlValue {
    @Override
    public String kind() {
      return "a mapping";
    }

    public static Mapping empty(Location location) {
      return new Mapping(location, Map.of());
    }

    /** The entry of that key, unless it is absent or null. */
    public Optional<Entry> entry(String key) {
      return Optional.ofNullable(entries.get(key)).filter(entry -> !entry.value().isNull());
    }

    /** This mapping with what only {@code parent} has. */
    public Mapping inheriting(Mapping parent) {
      Map<String, Entry> all = new LinkedHashMap<>(entries);
      parent.entries.forEach(
          (key, entry) -> {
            if (entry(key).isEmpty()) {
              all.put(key, entry);
            }
          });
      return new Mapping(location, all);
    }
  }

  /** A value and where its key is. */
  record Entry(Location keyLocation, YamlValue value) {}
}
