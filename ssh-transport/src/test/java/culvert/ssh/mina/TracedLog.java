package culvert.ssh.mina;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Every logger at TRACE until it is closed: our lines, and those of the embedded server. */
public final class TracedLog implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Level before = root.getLevel();
  private final Recorder recorder = new Recorder();

  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Queue<String> serverLines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      boolean server = event.getLoggerName().startsWith("org.apache.sshd.server");
      (server ? serverLines : lines)
          .add(
              event.getLoggerName()
                  + " "
                  + event.getFormattedMessage()
                  + ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
  }

  public TracedLog() {
    root.detachAndStopAllAppenders();
    recorder.start();
    root.addAppender(recorder);
    root.setLevel(Level.TRACE);
  }

  public Queue<String> lines() {
    return recorder.lines;
  }

  /** Which show what dumps look like. */
  public Queue<String> serverLines() {
    return recorder.serverLines;
  }

  @Override
  public void close() {
    root.detachAppender(recorder);
    root.setLevel(before);
  }
}
