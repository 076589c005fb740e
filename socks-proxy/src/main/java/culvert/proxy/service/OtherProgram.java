package culvert.proxy.service;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Programs of the host that Culvert has do something for it. Thread-safe. */
public final class OtherProgram {
  private OtherProgram() {}

  /** A command line, which knows nothing of what was passed to this process alone. */
  public static ProcessBuilder command(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().keySet().removeAll(ListenFds.VARIABLES);
    return builder;
  }

  /**
   * Has one killed that has not ended by then, so that whoever reads from it sees its end.
   *
   * @return completes with its end; fails where it was too late
   */
  public static CompletableFuture<Process> endWithin(Duration patience, Process process) {
    CompletableFuture<Process> ended =
        process.onExit().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    ended.exceptionally(
        late -> {
          process.toHandle().destroyForcibly();
          return null;
        });
    return ended;
  }
}
