package culvert.proxy.audit;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Whether new jobs may begin. Thread-safe. */
final class AuditGate {
  private final boolean waits;
  private final int most;
  private final Queue<Runnable> tasks = new ArrayDeque<>(); // guarded by this
  private boolean open = true; // guarded by this

  /**
   * @param waits false: the gate stays open, whatever happens
   * @param most events that may wait
   */
  AuditGate(boolean waits, int most) {
    this.waits = waits;
    this.most = most;
  }

  boolean waits() {
    return waits;
  }

  /** So many events wait now. */
  void waiting(int events) {
    if (events >= most) {
      close();
    }
  }

  synchronized void close() {
    open = !waits;
  }

  void whenOpen(Runnable task) {
    synchronized (this) {
      if (!open) {
        tasks.add(task);
        return;
      }
    }
    task.run();
  }

  /** The file can be written. */
  void openIfRoom(int events) {
    if (events <= most / 2) {
      open();
    }
  }

  private void open() {
    synchronized (this) {
      open = true;
    }
    for (Runnable task = next(); task != null; task = next()) {
      task.run();
    }
  }

  private synchronized @Nullable Runnable next() {
    return open ? tasks.poll() : null;
  }
}
