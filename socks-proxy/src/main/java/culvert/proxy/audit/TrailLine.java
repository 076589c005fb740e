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
 * @param hash of the line
 * @param whole whether it has an end: a line without one was not, or is not yet, written to it
 * @param fields empty: it is no JSON object
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrailLine(
    Path file, long number, byte[] octets, String hash, boolean whole, Map<String, Object> fields) {

  static TrailLine of(Path file, long number, LineInput.Line line) {
    return new TrailLine(file, number, line.octets(), line.hash(), line.whole(), fields(line));
  }

  private static Map<String, Object> fields(LineInput.Line line) {
    try {
      return line.isTooLong() ? Map.of() : AuditJson.decode(line.octets());
    } catch (IOException e) {
      return Map.of();
    }
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
