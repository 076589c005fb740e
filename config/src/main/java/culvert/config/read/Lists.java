package culvert.config.read;

import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Sequence;
import java.util.List;
import java.util.Optional;

/** Sections that are lists of mappings. */
final class Lists {
  private Lists() {}

  /** The mappings in {@code value}; anything else is reported and left out. */
  static List<Mapping> mappings(String key, YamlValue value, Reading reading) {
    if (value instanceof Sequence sequence) {
      return sequence.items().stream()
          .map(item -> mapping(key, item, reading))
          .flatMap(Optional::stream)
          .toList();
    }
    ValueTypes.wrongKind(value, key, "a list of mappings", reading);
    return List.of();
  }

  private static Optional<Mapping> mapping(String key, YamlValue item, Reading reading) {
    return item instanceof Mapping mapping
        ? Optional.of(mapping)
        : ValueTypes.wrongKind(item, key, "a mapping as each item", reading);
  }
}
