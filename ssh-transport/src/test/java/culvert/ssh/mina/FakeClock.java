package culvert.ssh.mina;

import culvert.ssh.mina.connection.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that stands still until a test moves it; tasks run on the test's thread. */
public final class FakeClock implements Clock {
  private final PriorityQueue<Task> tasks = // guarded by this
      new PriorityQueue<>(Comparator.comparing(Task::time).thenComparing(Task::number));
  private long now = Long.MAX_VALUE - 5_000_000_000L; // guarded by this; overflows soon, as it may
  private long elapsed; // guarded by this
  private int number; // guarded by this

  private record Task(long time, int number, Runnable work) {}

  @Override
  public synchronized long nanoTime() {
    return now + elapsed;
  }

  @Override
  public synchronized Alarm after(Duration delay, Runnable work) {
    Task task = new Task(elapsed + delay.toNanos(), number++, work);
    tasks.add(task);
    return () -> cancel(task);
  }

  private synchronized void cancel(Task task) {
    tasks.remove(task);
  }

  /** Time passes while nothing runs. */
  public synchronized void skip(Duration by) {
    elapsed += by.toNanos();
  }

  /** Runs what is due on the way. */
  public void advance(Duration by) {
    long until;
    synchronized (this) {
      until = elapsed + by.toNanos();
    }
    for (Runnable due = next(until); due != null; due = next(until)) {
      due.run();
    }
    synchronized (this) {
      elapsed = until;
    }
  }

  private synchronized @org.jspecify.annotations.Nullable Runnable next(long until) {
    Task first = tasks.peek();
    if (first == null || first.time() > until) {
      return null;
    }
    tasks.remove();
    elapsed = Math.max(elapsed, first.time());
    return first.work();
  }

  /** How many tasks wait for their time. */
  public synchronized int pending() {
    return tasks.size();
  }
}
