package culvert.proxy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@ExtendWith(RestoreLogging.class)
@Timeout(60)
class QueuedAppenderTest {
  private static final int MOST_BYTES = 4_000;

  private final Logger log = LoggerFactory.getLogger("culvert.proxy.Something");
  private final Reader reader = new Reader();

  /** A stream of which somebody reads, or nobody. */
  private static final class Reader extends OutputStream {
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private final CountDownLatch back = new CountDownLatch(1);
    private volatile boolean gone;
    private volatile boolean waiting;
    private volatile boolean full;

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (gone) {
        waiting = true;
        try {
          back.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      if (full) {
        throw new IOException("No space left on device");
      }
      read.write(bytes, offset, length);
    }

    List<String> lines() {
      return read.toString(UTF_8).lines().toList();
    }
  }

  @Test
  void nobodyWaitsForAReaderWhoHasGoneAndTheLogSaysWhatIsMissingAndWhere() {
    configure();
    reader.gone = true;
    log.info("line 0");
    await().until(() -> reader.waiting); // with this line: the rest stays in the queue
    IntStream.range(1, 1000).forEach(i -> log.info("line {}", i));
    long dropped = Logging.dropped();
    assertThat(dropped).isBetween(900L, 999L);

    reader.gone = false;
    reader.back.countDown();
    await().until(() -> reader.lines().stream().anyMatch(line -> line.contains("were lost")));
    log.info("and on");
    Logging.end();

    int written = (int) (1000 - dropped);
    assertThat(reader.lines()).hasSize(written + 2);
    assertThat(reader.lines().get(written - 1)).endsWith("line " + (written - 1));
    assertThat(reader.lines().get(written))
        .contains("WARN")
        .endsWith(dropped + " lines of the log were lost: nobody read it lost=" + dropped);
    assertThat(reader.lines().get(written + 1)).endsWith("and on");
  }

  @Test
  void whatCannotBeWrittenIsMissingToo() {
    configure();
    reader.full = true;
    log.info("lost");
    await().until(() -> Logging.dropped() == 1);
    reader.full = false;
    log.info("and on");
    Logging.end();

    assertThat(reader.lines()).hasSize(2);
    assertThat(reader.lines().get(0))
        .contains("1 line of the log was lost: it could not be written (No space left on device)");
    assertThat(reader.lines().get(1)).endsWith("and on");
  }

  /** As a disk is when it becomes full in the middle of a line. */
  private static final class Disk implements WritableByteChannel {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final AtomicInteger room = new AtomicInteger();

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      if (room.get() == 0) {
        throw new IOException("No space left on device");
      }
      byte[] fits = new byte[Math.min(room.get(), bytes.remaining())];
      bytes.get(fits);
      written.writeBytes(fits);
      room.addAndGet(-fits.length);
      return fits.length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void whatComesBehindALineThatWasCutOffBeginsALine() {
    Disk disk = new Disk();
    TextLayout layout = new TextLayout(false);
    layout.start();
    QueuedAppender appender = new QueuedAppender(disk, layout, MOST_BYTES);
    appender.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    appender.start();
    disk.room.set(20);
    appender.doAppend(event("cut off"));
    await().until(() -> appender.dropped() == 1);
    appender.doAppend(event("lost as a whole"));
    await().until(() -> appender.dropped() == 2);
    disk.room.set(10_000);
    appender.doAppend(event("and on"));
    appender.stop();

    List<String> lines = disk.written.toString(UTF_8).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).hasSize(20);
    assertThat(lines.get(1)).contains(" WARN ", "2 lines of the log were lost");
    assertThat(lines.get(2)).endsWith("and on");
  }

  private ILoggingEvent event(String message) {
    return new LoggingEvent(
        "", (ch.qos.logback.classic.Logger) log, Level.INFO, message, null, new Object[0]);
  }

  @Test
  void theEndWaitsForWhatIsWrittenButNotForNobody() {
    configure();
    reader.gone = true;
    log.info("never read");
    long before = System.nanoTime();
    Logging.end();
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(20));
    reader.back.countDown();
  }

  @Test
  void anEndThatIsReadTakesEverything() {
    configure();
    IntStream.range(0, 10).forEach(i -> log.info("line {}", i));
    Logging.end();
    assertThat(reader.lines()).hasSize(10);
    assertThat(Logging.dropped()).isZero();
  }

  private void configure() {
    Logging.configure(reader, 0, new TextLayout(false), MOST_BYTES);
  }
}
