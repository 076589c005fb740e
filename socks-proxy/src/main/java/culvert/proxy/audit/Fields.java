package culvert.proxy.audit;

import culvert.config.PasswordsInText;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Fields in their order; what is empty is left out, and so are passwords. */
final class Fields {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  Fields put(String name, Object value) {
    boolean empty =
        value instanceof String text
            ? text.isEmpty()
            : value instanceof Collection<?> items
                ? items.isEmpty()
                : value instanceof Map<?, ?> map && map.isEmpty();
    if (!empty) {
      fields.put(name, value instanceof String text ? PasswordsInText.masked(text) : value);
    }
    return this;
  }

  Fields put(String name, Optional<?> value) {
    value.ifPresent(present -> put(name, present));
    return this;
  }

  Map<String, Object> map() {
    return fields;
  }
}
