package culvert.config.read;

import culvert.config.yaml.YamlValue;
import java.util.Optional;

/** How the value of a key is read. */
@FunctionalInterface
interface ValueType<T> {

  /**
   * The value; empty when it is wrong, and then the problem is reported.
   *
   * @param key begins the message
   */
  Optional<T> read(YamlValue value, String key, Reading reading);
}
