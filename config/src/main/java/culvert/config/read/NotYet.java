package culvert.config.read;

import culvert.config.Found;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Scalar;
import culvert.config.yaml.YamlValue.Sequence;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The features that the grammar has and the program has not. Their keys are read and checked like
 * any other, but only the default and empty values pass. Whoever builds a feature deletes its line
 * here, and carries the value into the record.
 */
final class NotYet {
  private static final Set<String> KEYS = Set.of();

  private NotYet() {}

  static Set<String> keys() {
    return KEYS;
  }

  static <T> boolean refuses(String path, Key<T> key, T value, Reading reading) {
    return KEYS.contains(path + "." + key.name())
        && !isEmpty(value)
        && (key.standard() == null || !key.standardValue(reading).equals(value));
  }

  static String message(Key<?> key, YamlValue value) {
    return key.name() + ": " + shown(value) + " is not supported yet";
  }

  private static boolean isEmpty(Object value) {
    return value.equals("")
        || value.equals(Optional.empty())
        || (value instanceof Collection<?> collection && collection.isEmpty());
  }

  private static String shown(YamlValue value) {
    if (value instanceof Scalar scalar) {
      return Found.shown(scalar.text());
    }
    return value instanceof Sequence sequence
        ? sequence.items().stream().map(NotYet::shown).collect(Collectors.joining(", ", "[", "]"))
        : value.kind();
  }
}
