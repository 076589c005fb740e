package culvert.proxy.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a line of the log says in JSON beside its message, which says it to people. As the value of
 * a line's key; the key itself says nothing.
 *
 * @param fields texts, numbers, booleans, lists and maps of them, in their order
 */
public record LogFields(Map<String, Object> fields) {
  public LogFields {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }
}
