package culvert.proxy.audit;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * The events of one run of the program, each bound to the one before by its hash. Confined to the
 * thread that writes.
 */
final class AuditChain {
  /** Of the format. A field more does not change it; another meaning does. */
  static final int VERSION = 1;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final String host;
  private final UUID boot;
  private long written;
  private String last;

  /**
   * @param found the hash of the last line that the file had, or {@link LineHash#NONE}
   */
  AuditChain(String host, UUID boot, String found) {
    this.host = host;
    this.boot = boot;
    this.last = found;
  }

  static String text(Instant time) {
    return TIME.format(time);
  }

  /** The next line, without its end; the chain goes on only with {@link #written}. */
  byte[] line(EncodedEvent event) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("v", VERSION);
    line.put("time", text(event.time()));
    line.put("event", event.code().event());
    line.put("code", event.code().code());
    line.put("host", host);
    line.put("boot", boot.toString());
    line.put("seq", written + 1);
    line.put("prev", last);
    return AuditJson.together(AuditJson.encode(line), event.fields());
  }

  /** That line is in the file. */
  void written(byte[] line) {
    written++;
    last = LineHash.of(line);
  }
}
