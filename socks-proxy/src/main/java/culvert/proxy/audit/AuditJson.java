package culvert.proxy.audit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lines of the trail as JSON objects, in UTF-8. */
public final class AuditJson {
  private static final JSON CODEC =
      JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS).without(JSON.Feature.USE_FIELDS);

  private static final int EMPTY = "{}".length();

  private AuditJson() {}

  /** In one line, with nothing behind it. */
  public static byte[] encode(Map<String, ?> object) {
    try {
      return CODEC.asBytes(wellFormed(object));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it goes to memory
    }
  }

  /**
   * One object with the members of both.
   *
   * @param first which has members
   */
  static byte[] together(byte[] first, byte[] second) {
    if (second.length == EMPTY) {
      return first;
    }
    byte[] both = Arrays.copyOf(first, first.length + second.length - 1);
    both[first.length - 1] = ',';
    System.arraycopy(second, 1, both, first.length, second.length - 1);
    return both;
  }

  /**
   * @throws IOException it is no JSON object
   */
  static Map<String, Object> decode(byte[] line) throws IOException {
    try (JsonParser parser = CODEC.createParser(line)) {
      Map<String, Object> object = CODEC.mapFrom(parser);
      if (parser.nextToken() != null) {
        throw new IOException("more than one JSON object");
      }
      return object;
    }
  }

  /** Half of a surrogate pair has no UTF-8. */
  private static Object wellFormed(Object value) {
    if (value instanceof String text) {
      return wellFormed(text);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, item) -> copy.put(String.valueOf(key), wellFormed(item)));
      return copy;
    }
    return value instanceof List<?> list
        ? list.stream().map(AuditJson::wellFormed).toList()
        : value;
  }

  private static String wellFormed(String text) {
    if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      return text;
    }
    return text.codePoints()
        .map(c -> Character.getType(c) == Character.SURROGATE ? '\uFFFD' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
