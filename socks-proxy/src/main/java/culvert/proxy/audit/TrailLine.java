package culvert.proxy.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A line of a trail.
 *
 * @param number in its file, from 1
 * @param octets without the line's end
 * @param fields empty: it is no JSON object
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrailLine(Path file, long number, byte[] octets, Map<String, Object> fields) {

  static TrailLine of(Path file, long number, byte[] octets) {
    Map<String, Object> fields;
    try {
      fields = AuditJson.decode(octets);
    } catch (IOException e) {
      fields = Map.of();
    }
    return new TrailLine(file, number, octets, fields);
  }

  /** {@code FILE:LINE}. */
  public String place() {
    return file + ":" + number;
  }

  /** A field's text; empty: there is none, or it is no text. */
  public Optional<String> text(String name) {
    return fields.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** A field's number; empty: there is none, or it is no number. */
  public Optional<Long> number(String name) {
    return fields.get(name) instanceof Number number
        ? Optional.of(number.longValue())
        : Optional.empty();
  }

  /** A field that has fields; empty: there is none of that name. */
  @SuppressWarnings("unchecked") // a JSON object's keys are texts
  public Map<String, Object> object(String name) {
    return fields.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
