package culvert.ssh.mina.io;

import io.netty.util.concurrent.EventExecutor;

/** How work comes to the event loop that its state is confined to. */
public final class Loops {
  private Loops() {}

  /** To be asserted by whatever changes what is confined to the loop. */
  public static boolean isOn(EventExecutor loop) {
    return loop.inEventLoop();
  }

  /** Runs the task on the loop: now, where that is this thread's. */
  public static void post(EventExecutor loop, Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }
}
