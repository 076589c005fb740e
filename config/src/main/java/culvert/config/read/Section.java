package culvert.config.read;

import culvert.config.Found;
import culvert.config.Location;
import culvert.config.yaml.Suggestions;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Entry;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Sequence;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the keys of one mapping. */
final class Section {
  private final Mapping mapping;
  private final Reading reading;

  private Section(Mapping mapping, Reading reading) {
    this.mapping = mapping;
    this.reading = reading;
  }

  /**
   * The section in {@code value}; unknown keys are reported. What is not a mapping is reported and
   * read as an empty one.
   *
   * @param name for a person
   */
  static Section of(String name, YamlValue value, List<Key<?>> keys, Reading reading) {
    return of(name, value, keys, Map.of(), reading);
  }

  /**
   * The same for a section in which keys of others are easily misplaced.
   *
   * @param others the keys of this section that hold sections, and what belongs there
   */
  static Section of(
      String name,
      YamlValue value,
      List<Key<?>> keys,
      Map<String, List<Key<?>>> others,
      Reading reading) {
    if (!(value instanceof Mapping mapping)) {
      if (!value.isNull()) {
        reading.error(value.location(), name + ": " + value.kind() + " (expected: a mapping)");
      }
      return new Section(Mapping.empty(value.location()), reading);
    }
    Set<String> known = new LinkedHashSet<>();
    keys.forEach(key -> known.add(key.name()));
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                reading.error(entry.keyLocation(), unknown(key, known, others));
              }
            });
    return new Section(mapping, reading);
  }

  private static String unknown(String key, Set<String> known, Map<String, List<Key<?>>> others) {
    for (Map.Entry<String, List<Key<?>>> other : others.entrySet()) {
      if (other.getValue().stream().anyMatch(there -> there.name().equals(key))) {
        return "unknown key " + Found.quoted(key) + " (it belongs under " + other.getKey() + ")";
      }
    }
    String nearest = Suggestions.didYouMean(key, known);
    return "unknown key "
        + Found.quoted(key)
        + (nearest.isEmpty()
            ? " (expected: " + String.join(", ", known) + ")"
            : " (" + nearest.substring(2) + ")");
  }

  /** The value or, where it is left out or wrong, the default. */
  <T> T get(Key<T> key) {
    return optional(key).orElseGet(() -> key.standardValue(reading));
  }

  /** The value; empty where it is left out or wrong. */
  <T> Optional<T> optional(Key<T> key) {
    return mapping
        .entry(key.name())
        .flatMap(entry -> key.type().read(entry.value(), key.name(), reading));
  }

  /** The key as it is written, or else with its default; empty: it has neither. */
  Optional<Entry> written(Key<?> key) {
    return mapping
        .entry(key.name())
        .or(() -> Optional.ofNullable(key.standard()).map(value -> new Entry(location(), value)));
  }

  boolean has(Key<?> key) {
    return mapping.entry(key.name()).isPresent();
  }

  /** Where the key is written without a value; empty if it has one or is left out. */
  Optional<Location> nothing(Key<?> key) {
    @Nullable Entry entry = mapping.entries().get(key.name());
    return entry != null && entry.value().isNull()
        ? Optional.of(entry.keyLocation())
        : Optional.empty();
  }

  /** Where the key's value is, or the section if there is none. */
  Location location(Key<?> key) {
    @Nullable Entry entry = mapping.entries().get(key.name());
    return entry == null ? location() : entry.value().location();
  }

  /** Where that item of the key's list is. */
  Location location(Key<?> key, int item) {
    @Nullable Entry entry = mapping.entries().get(key.name());
    return entry != null && entry.value() instanceof Sequence list
        ? list.items().get(item).location()
        : location(key);
  }

  Location location() {
    return mapping.location();
  }
}
