package culvert.proxy.audit;

import culvert.config.PasswordsInText;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Fields in their order; what is empty is left out, and so are passwords. */
final class Fields {
  /** The only one that is no name, nor a word of ours. */
  private static final String MESSAGE = "detail";

  private static final Set<String> USERS = Set.of("user", "socks_user");

  private final Map<String, Object> fields = new LinkedHashMap<>();

  Fields put(String name, Object value) {
    boolean empty =
        value instanceof String text
            ? text.isEmpty()
            : value instanceof Collection<?> items
                ? items.isEmpty()
                : value instanceof Map<?, ?> map && map.isEmpty();
    if (!empty) {
      fields.put(name, masked(name, value));
    }
    return this;
  }

  private static Object masked(String name, Object value) {
    if (value instanceof String text) {
      return name.equals(MESSAGE)
          ? PasswordsInText.masked(text)
          : USERS.contains(name)
              ? PasswordsInText.maskedUser(text)
              : PasswordsInText.maskedName(text);
    }
    return value instanceof Collection<?> items
        ? items.stream().map(item -> masked(name, item)).toList()
        : value;
  }

  Fields put(String name, Optional<?> value) {
    value.ifPresent(present -> put(name, present));
    return this;
  }

  Map<String, Object> map() {
    return fields;
  }
}
