package culvert.proxy.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/**
 * SIGINT and SIGTERM: the first one in good order; the second cuts, which leaves time to break
 * things off so that nobody takes them for whole; the third ends the process where it stands.
 * Thread-safe.
 */
final class StopSignals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  /**
   * More than an end takes that waits for no client, even where each of its parts takes all the
   * time that it has, one after the other: 1.5 s for servers to answer, 2 s for the pins, 1 s for
   * the farewells of SSH, 5 s for the event loops, and two times 5 s for the audit trail.
   */
  private static final Duration CUT = Duration.ofSeconds(30);

  private final AtomicInteger count = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable stop;
  private final Runnable cut;

  private final IntConsumer halt;

  private StopSignals(Runnable stop, Runnable cut, IntConsumer halt) {
    this.stop = stop;
    this.cut = cut;
    this.halt = halt;
  }

  /**
   * Listens to them.
   *
   * @param stop and {@code cut} are run on a signal's thread, and do not wait
   */
  static StopSignals on(Signals signals, Runnable stop, Runnable cut) {
    return on(signals, stop, cut, Runtime.getRuntime()::halt);
  }

  static StopSignals on(Signals signals, Runnable stop, Runnable cut, IntConsumer halt) {
    StopSignals stops = new StopSignals(stop, cut, halt);
    signals.on("INT", stops::arrived);
    signals.on("TERM", stops::arrived);
    return stops;
  }

  private void arrived() {
    switch (count.incrementAndGet()) {
      case 1 -> stop.run();
      case 2 -> {
        cut.run();
        if (!hasEnded()) {
          halt("does not end by itself");
        }
      }
      default -> halt("told to stop a third time");
    }
  }

  private boolean hasEnded() {
    try {
      return ended.await(CUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void halt(String why) {
    LOG.error(
        "{}: the process ends where it stands, and what the audit trail has not written is lost",
        why);
    Logging.end();
    halt.accept(ExitCode.SOFTWARE);
  }

  /** What the command exits with. */
  int exitCode() {
    return count.get() > 1 ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  /** Everything has ended. */
  @Override
  public void close() {
    ended.countDown();
  }
}
