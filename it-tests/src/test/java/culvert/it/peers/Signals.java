package culvert.it.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Signals to peers' processes. */
public final class Signals {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private Signals() {}

  /**
   * Sends one to each; those that have ended by now are no failure.
   *
   * @param name without SIG
   */
  public static void send(String name, List<ProcessHandle> processes) {
    if (processes.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    Run.text(DEADLINE, command);
  }
}
