package culvert.it.odd;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** The lines of Culvert's log about connections that go out in plaintext. */
final class PlaintextLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final String ACTION = "action=\"direct\"";

  /** A remote tunnel, whose plaintext is between Culvert and an FTP server beside it. */
  private static final String ON_THIS_SIDE = "listener=\"remote-tunnel";

  private final Logger audit = (Logger) LoggerFactory.getLogger("culvert.audit");
  private final Level configured = audit.getLevel();
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  private PlaintextLog() {}

  static PlaintextLog open() {
    PlaintextLog log = new PlaintextLog();
    log.setContext(log.audit.getLoggerContext());
    log.start();
    log.audit.addAppender(log);
    log.audit.setLevel(Level.INFO);
    log.audit.setAdditive(false);
    return log;
  }

  /** Those with an address in them. */
  List<String> about(String address) {
    return lines.stream().filter(line -> line.contains("=\"" + address + ":")).toList();
  }

  @Override
  public void close() {
    audit.detachAppender(this);
    audit.setLevel(configured);
    audit.setAdditive(true);
    stop();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getKeyValuePairs() != null) {
      String line =
          event.getKeyValuePairs().stream().map(Object::toString).collect(Collectors.joining(" "));
      if (line.contains(ACTION) && !line.contains(ON_THIS_SIDE)) {
        lines.add(event.getFormattedMessage() + " " + line);
      }
    }
  }
}
