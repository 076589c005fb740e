package culvert.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * What the log says, of connections as a rule, from DEBUG on, in one test; kept from the console.
 */
public final class CaughtLog implements AutoCloseable, AfterEachCallback {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger;

  public CaughtLog() {
    this("culvert.event");
  }

  /** What the log says in that class's name. */
  public CaughtLog(Class<?> of) {
    this(of.getName());
  }

  private CaughtLog(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
    lines.start();
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    logger.addAppender(lines);
  }

  /** What has been said by now. */
  public List<ILoggingEvent> lines() {
    return List.copyOf(lines.list);
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }
}
