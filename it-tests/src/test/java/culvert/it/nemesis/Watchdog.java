package culvert.it.nemesis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Ends a job that hangs by closing its sockets: a blocked write has no timeout of its own. */
final class Watchdog implements AutoCloseable {
  private final Duration deadline;
  private final ScheduledFuture<?> alarm;
  private final List<AutoCloseable> watched = new CopyOnWriteArrayList<>();
  private volatile boolean barked;

  Watchdog(ScheduledExecutorService timer, Duration deadline) {
    this.deadline = deadline;
    this.alarm = timer.schedule(this::bark, deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  <T extends AutoCloseable> T watch(T socket) {
    watched.add(socket);
    return socket;
  }

  void assertQuiet() throws Violation {
    if (barked) {
      throw new Violation("hang: not done after " + deadline);
    }
  }

  private void bark() {
    barked = true;
    watched.forEach(Watchdog::close);
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    alarm.cancel(false);
  }
}
