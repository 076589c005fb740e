package culvert.proxy.service;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which file descriptors the service manager has passed to a process, as {@code sd_listen_fds(3)}
 * has it. A pure function of the environment.
 *
 * @param descriptors from 3 on
 */
public record ListenFds(List<Integer> descriptors) {
  /** What other programs have no use for. */
  public static final Set<String> VARIABLES =
      Set.of("LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES");

  private static final int FIRST = 3;
  private static final int MOST = 1 << 16;

  public ListenFds {
    descriptors = List.copyOf(descriptors);
  }

  /**
   * Those of a process.
   *
   * @param variables its environment
   * @param pid its number: what is for another one has only been left there
   * @throws IOException there is no making sense of it
   */
  public static ListenFds of(Map<String, String> variables, long pid) throws IOException {
    if (!variables.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
      return new ListenFds(List.of());
    }
    String count = variables.getOrDefault("LISTEN_FDS", "");
    try {
      int passed = Integer.parseInt(count);
      if (passed >= 0 && passed <= MOST) {
        return new ListenFds(IntStream.range(FIRST, FIRST + passed).boxed().toList());
      }
    } catch (NumberFormatException e) {
      // as below
    }
    throw new IOException("LISTEN_FDS=" + count + " (expected: how many sockets are passed)");
  }
}
