package culvert.proxy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
