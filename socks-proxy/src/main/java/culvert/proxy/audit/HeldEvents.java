package culvert.proxy.audit;

import culvert.proxy.event.Job;
import java.util.ArrayList;
import java.util.List;

/**
 * What has happened in a job and is not told yet, since it is still looked up who runs its client.
 * Keeps its order however much that is: what does not fit makes everything before it be told at
 * once, without that. Guarded by the job.
 */
final class HeldEvents {
  private static final int MOST = 64;

  private final Job job;
  private final List<Runnable> held = new ArrayList<>();
  private boolean released;

  HeldEvents(Job job) {
    this.job = job;
  }

  /**
   * @param telling tells of an event, with what is known of the client by then
   */
  void hold(Runnable telling) {
    assert Thread.holdsLock(job);
    if (held.size() == MOST) {
      release();
    }
    if (released) {
      telling.run();
    } else {
      held.add(telling);
    }
  }

  /** It is known, or there is too much to wait for it. */
  void release() {
    assert Thread.holdsLock(job);
    released = true;
    held.forEach(Runnable::run);
    held.clear();
  }
}
