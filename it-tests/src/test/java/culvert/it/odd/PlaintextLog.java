package culvert.it.odd;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** The steps in Culvert's log of connections that go out in plaintext, or shall. */
final class PlaintextLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  /** A remote tunnel, whose plaintext is between Culvert and an FTP server beside it. */
  private static final String ON_THIS_SIDE = "remote-tunnel";

  private final Logger steps = (Logger) LoggerFactory.getLogger("culvert.event");
  private final Level configured = steps.getLevel();
  private final Queue<Map<String, Object>> lines = new ConcurrentLinkedQueue<>();

  private PlaintextLog() {}

  static PlaintextLog open() {
    PlaintextLog log = new PlaintextLog();
    log.setContext(log.steps.getLoggerContext());
    log.start();
    log.steps.addAppender(log);
    log.steps.setLevel(Level.DEBUG);
    log.steps.setAdditive(false);
    return log;
  }

  /** Those from an address or to it. */
  List<String> about(String address) {
    return lines.stream()
        .filter(line -> has(line, "client", address) || has(line, "destination", address))
        .map(Object::toString)
        .toList();
  }

  private static boolean has(Map<String, Object> line, String end, String address) {
    return line.get(end) instanceof Map<?, ?> parts && parts.containsValue(address);
  }

  @Override
  public void close() {
    steps.detachAppender(this);
    steps.setLevel(configured);
    steps.setAdditive(true);
    stop();
  }

  @Override
  protected void append(ILoggingEvent event) {
    Map<String, Object> line =
        event.getKeyValuePairs().stream()
            .collect(Collectors.toMap((KeyValuePair pair) -> pair.key, pair -> pair.value));
    boolean plaintext =
        "direct".equals(line.get("action")) || "plaintext".equals(text(line, "route"));
    if (plaintext && !text(line, "listener").startsWith(ON_THIS_SIDE)) {
      lines.add(line);
    }
  }

  private static String text(Map<String, Object> line, String key) {
    return String.valueOf(line.get(key));
  }
}
