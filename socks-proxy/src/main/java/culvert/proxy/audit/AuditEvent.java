package culvert.proxy.audit;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that has happened.
 *
 * @param time when
 * @param fields beside those that every event has, in their order; values are texts, numbers,
 *     booleans, lists and maps of them
 */
public record AuditEvent(AuditCode code, Instant time, Map<String, Object> fields) {
  public AuditEvent {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }
}
