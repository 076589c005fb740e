package culvert.ssh.mina.connection;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The time of this machine; tasks run on a scheduler that somebody else ends. */
public final class SystemClock implements Clock {
  private final ScheduledExecutorService scheduler;

  public SystemClock(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    try {
      Future<?> waiting = scheduler.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> waiting.cancel(false);
    } catch (RejectedExecutionException stopped) {
      return Alarm.NONE;
    }
  }
}
