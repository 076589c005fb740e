package culvert.proxy.relay;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;

/** Event loops, asked from other threads. */
public final class Loops {
  private Loops() {}

  /**
   * Runs the task later on that loop.
   *
   * @return false where the loop has ended: then it has closed its channels, and nothing runs
   */
  public static boolean execute(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
