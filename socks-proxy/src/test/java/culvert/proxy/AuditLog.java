package culvert.proxy;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.ILoggingEvent;
import culvert.proxy.event.LogFields;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/** What the log says of connections in one test, kept from the console. */
final class AuditLog implements AutoCloseable {
  private final CaughtLog log = new CaughtLog();

  /** How many lines are of that event, or begin with that message. */
  long count(String event) {
    return lines().stream().filter(line -> line.startsWith(event + " ")).count();
  }

  /** The first line of that event, or with that message, which may be on its way. */
  String line(String event) {
    await(event).until(() -> count(event) > 0);
    return lines().stream().filter(line -> line.startsWith(event + " ")).findFirst().orElseThrow();
  }

  /** Every line: event, message, keys and values. */
  List<String> lines() {
    return log.lines().stream().map(AuditLog::line).toList();
  }

  private static String line(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(event.getFormattedMessage());
    for (KeyValuePair pair : event.getKeyValuePairs()) {
      if (pair.value instanceof LogFields more) {
        line.insert(0, more.fields().get("event") + " ");
        more.fields().forEach((key, value) -> add(line, key, value));
      } else {
        add(line, pair.key, pair.value);
      }
    }
    return line.toString();
  }

  private static void add(StringBuilder line, String key, Object value) {
    if (value instanceof Map<?, ?> parts) {
      parts.forEach((name, part) -> add(line, key + "." + name, part));
    } else {
      line.append(' ').append(key).append('=').append(value);
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
