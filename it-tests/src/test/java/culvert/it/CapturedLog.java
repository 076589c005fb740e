package culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Everything that any logger of this process has to say, instead of what is configured. */
final class CapturedLog implements AutoCloseable {
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Map<Logger, Level> configured = new HashMap<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

  private CapturedLog() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %thread %logger %msg %kvp%n%ex");
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(written);
    appender.start();
  }

  static CapturedLog atTrace() {
    CapturedLog log = new CapturedLog();
    for (Logger logger : log.context.getLoggerList()) {
      if (logger.getLevel() != null) {
        log.configured.put(logger, logger.getLevel());
        logger.setLevel(Level.TRACE);
      }
    }
    log.root.iteratorForAppenders().forEachRemaining(console -> log.silence(console, true));
    log.root.addAppender(log.appender);
    return log;
  }

  String text() {
    return written.toString(UTF_8);
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    root.iteratorForAppenders().forEachRemaining(console -> silence(console, false));
    configured.forEach(Logger::setLevel);
    appender.stop();
  }

  private void silence(ch.qos.logback.core.Appender<ILoggingEvent> console, boolean silent) {
    console.clearAllFilters();
    if (silent) {
      console.addFilter(new DenyAll());
    }
  }

  private static final class DenyAll extends ch.qos.logback.core.filter.Filter<ILoggingEvent> {
    @Override
    public ch.qos.logback.core.spi.FilterReply decide(ILoggingEvent event) {
      return ch.qos.logback.core.spi.FilterReply.DENY;
    }
  }
}
