package culvert.proxy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import culvert.ssh.PlainWords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Writes the log on a thread of its own, so that nobody waits for its reader. What does not fit
 * into the queue, or cannot be written, is counted, and the log says so as soon as it goes on.
 *
 * <p>Lines are made where they are logged: what they tell of may change afterwards.
 */
final class QueuedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

  /** Some thousand lines. */
  static final long MOST_BYTES = 1L << 20;

  /** How long the end waits for a reader. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final byte[] LINE_END = System.lineSeparator().getBytes(StandardCharsets.UTF_8);

  private final WritableByteChannel stream;
  private final Layout<ILoggingEvent> layout;
  private final LogQueue queue;
  private @Nullable Thread writer; // guarded by this
  private long unsaid; // the writer's: lines of which the log has not said that they are lost
  private String why = ""; // the writer's
  private boolean cutOff; // the writer's: the last line has no end

  /**
   * @param stream is not closed
   * @param layout thread-safe
   */
  QueuedAppender(WritableByteChannel stream, Layout<ILoggingEvent> layout, long mostBytes) {
    this.stream = stream;
    this.layout = layout;
    this.queue = new LogQueue(mostBytes);
  }

  /** Lines that nobody will read, since the start. */
  long dropped() {
    return queue.dropped();
  }

  @Override
  protected void append(ILoggingEvent event) {
    startWriter();
    queue.put(bytes(event));
  }

  private synchronized void startWriter() {
    if (writer == null) {
      writer = new Thread(this::write, "culvert-log");
      writer.setDaemon(true);
      writer.start();
    }
  }

  /** Waits until everything was written, for a second at most. */
  @Override
  public void stop() {
    super.stop();
    try {
      queue.close(PATIENCE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      for (LogQueue.Taken next = queue.take(); next != null; next = queue.take()) {
        write(next);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody else has this thread", e);
    }
  }

  private void write(LogQueue.Taken next) {
    if (next.missing() > 0) {
      unsaid += next.missing();
      why = "nobody read it";
    }
    byte[] line = next.line();
    try {
      if (unsaid > 0) {
        write(loss());
        unsaid = 0;
      }
      if (line != null) {
        write(line);
      }
    } catch (IOException e) {
      if (line != null) {
        queue.lost(1);
        unsaid++;
      }
      why = "it could not be written (" + PlainWords.of(e) + ")";
    }
  }

  private void write(byte[] line) throws IOException {
    if (cutOff) {
      all(LINE_END);
    }
    all(line);
  }

  private void all(byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    try {
      while (rest.hasRemaining()) {
        stream.write(rest);
      }
    } finally {
      cutOff = rest.hasRemaining() && (cutOff || rest.position() > 0);
    }
  }

  private byte[] loss() {
    Logger logger = ((LoggerContext) getContext()).getLogger(QueuedAppender.class);
    String lines = unsaid == 1 ? "1 line of the log was" : unsaid + " lines of the log were";
    String message = lines + " lost: " + why;
    LoggingEvent event =
        new LoggingEvent(
            QueuedAppender.class.getName(), logger, Level.WARN, message, null, new Object[0]);
    event.setKeyValuePairs(List.of(new KeyValuePair("lost", unsaid)));
    return bytes(event);
  }

  private byte[] bytes(ILoggingEvent event) {
    return layout.doLayout(event).getBytes(StandardCharsets.UTF_8);
  }
}
