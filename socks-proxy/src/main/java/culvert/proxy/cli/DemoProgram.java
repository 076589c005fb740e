package culvert.proxy.cli;

import java.io.PrintStream;

/**
 * The demonstration behind {@code culvert demo}. It needs embedded servers, which the daemon does
 * not contain, and is therefore found with {@link java.util.ServiceLoader}.
 */
public interface DemoProgram {

  /**
   * Shows the main job, step by step. Called on the main thread, which it keeps until the demo is
   * over.
   *
   * @param once end after the last step instead of staying up for the user's own client
   * @param out where the story is told
   * @return the exit code: 0 when every step did what it should, else 1
   * @throws Exception is printed, and the exit code is 1
   */
  int run(boolean once, PrintStream out) throws Exception;
}
