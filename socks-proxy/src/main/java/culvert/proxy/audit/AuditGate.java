package culvert.proxy.audit;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether new jobs may begin. Thread-safe. */
final class AuditGate {
  private boolean waits; // guarded by this
  private final Set<Runnable> tasks = new LinkedHashSet<>(); // in their order; guarded by this
  private boolean open = true; // guarded by this

  /**
   * @param waits false: the gate stays open, whatever happens
   */
  AuditGate(boolean waits) {
    this.waits = waits;
  }

  synchronized boolean waits() {
    return waits;
  }

  synchronized void close() {
    open = !waits;
  }

  synchronized boolean isOpen() {
    return open;
  }

  /**
   * Runs the task, now or later.
   *
   * @return gives it up
   */
  Runnable whenOpen(Runnable task) {
    synchronized (this) {
      if (!open) {
        tasks.add(task);
        return () -> giveUp(task);
      }
    }
    task.run();
    return AuditLog.NOTHING_TO_GIVE_UP;
  }

  private synchronized void giveUp(Runnable task) {
    tasks.remove(task);
  }

  /** From now on nobody waits. */
  void stayOpen() {
    synchronized (this) {
      waits = false;
    }
    open();
  }

  void open() {
    synchronized (this) {
      open = true;
    }
    for (Runnable task = next(); task != null; task = next()) {
      task.run();
    }
  }

  private synchronized @Nullable Runnable next() {
    Iterator<Runnable> first = tasks.iterator();
    if (!open || !first.hasNext()) {
      return null;
    }
    Runnable task = first.next();
    first.remove();
    return task;
  }
}
