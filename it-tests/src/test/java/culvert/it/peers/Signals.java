package culvert.it.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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

  /** What each of them does now: its state, where in the kernel it waits, its age in seconds. */
  public static String states(List<ProcessHandle> processes) {
    String pids =
        processes.stream()
            .map(process -> Long.toString(process.pid()))
            .collect(Collectors.joining(","));
    return pids.isEmpty()
        ? "(none)\n"
        : Run.text(DEADLINE, List.of("ps", "-o", "pid,ppid,stat,wchan:24,etimes,args", "-p", pids))
            .output();
  }
}
