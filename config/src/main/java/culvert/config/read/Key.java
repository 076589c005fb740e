package culvert.config.read;

import culvert.config.ProfileKey;
import culvert.config.yaml.Problems;
import culvert.config.yaml.YamlParser;
import culvert.config.yaml.YamlValue;
import org.jspecify.annotations.Nullable;

/**
 * A key of a section.
 *
 * @param name as in the file
 * @param type of its value
 * @param standard what holds where the key is left out; null: nothing does
 */
record Key<T>(String name, ValueType<T> type, @Nullable YamlValue standard) {

  static <T> Key<T> optional(String name, ValueType<T> type) {
    return new Key<>(name, type, null);
  }

  /** A key with a default, written as in the file. */
  static <T> Key<T> of(String name, ValueType<T> type, String standard) {
    Problems problems = new Problems();
    YamlValue value = YamlParser.parse(standard, "built-in", problems);
    if (problems.errors() > 0) {
      throw new IllegalArgumentException(problems.inFileOrder().toString());
    }
    return new Key<>(name, type, value);
  }

  static <T> Key<T> optional(ProfileKey key, ValueType<T> type) {
    return optional(key.toString(), type);
  }

  static <T> Key<T> of(ProfileKey key, ValueType<T> type, String standard) {
    return of(key.toString(), type, standard);
  }

  T standardValue(Reading reading) {
    if (standard == null) {
      throw new IllegalStateException(name + " has no default");
    }
    return type.read(standard, name, reading)
        .orElseThrow(() -> new IllegalStateException(name + ": the default is wrong"));
  }

  @Override
  public String toString() {
    return name;
  }
}
