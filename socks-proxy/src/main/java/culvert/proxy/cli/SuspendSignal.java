package culvert.proxy.cli;

import java.util.Map;

/**
 * The signal by which HotSpot suspends threads. Whoever handles it takes it away, and where it
 * comes from outside HotSpot crashes.
 */
final class SuspendSignal {
  /** Tells HotSpot which one to take in place of SIGUSR2. */
  static final String VARIABLE = "_JAVA_SR_SIGNUM";

  /** What HotSpot on Linux takes; with anything else it goes on with SIGUSR2. */
  private static final String TAKEN = "1[2-9]|[2-5][0-9]|6[0-4]";

  private SuspendSignal() {}

  /**
   * Whether that is it.
   *
   * @param name without {@code SIG}
   * @param variables the process's environment
   */
  static boolean is(String name, int number, Map<String, String> variables) {
    String moved = variables.getOrDefault(VARIABLE, "");
    return moved.matches(TAKEN) ? Integer.parseInt(moved) == number : name.equals("USR2");
  }
}
