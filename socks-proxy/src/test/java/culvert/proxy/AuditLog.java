package culvert.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** The audit lines of one test, kept from the console. */
final class AuditLog implements AutoCloseable {
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("culvert.audit");

  AuditLog() {
    events.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(events);
  }

  /** How many lines begin with that message. */
  long count(String message) {
    return all().stream().filter(event -> event.getMessage().startsWith(message)).count();
  }

  /** The first line that begins with that message; empty: none does. */
  String line(String message) {
    return lines().stream().filter(line -> line.startsWith(message)).findFirst().orElse("");
  }

  /** Every line, with its keys and values. */
  List<String> lines() {
    return all().stream().map(event -> event.getMessage() + " " + pairs(event)).toList();
  }

  private List<ILoggingEvent> all() {
    return List.copyOf(events.list);
  }

  private static String pairs(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs == null
        ? ""
        : pairs.stream().map(pair -> pair.key + "=" + pair.value).collect(Collectors.joining(" "));
  }

  @Override
  public void close() {
    logger.detachAppender(events);
  }
}
