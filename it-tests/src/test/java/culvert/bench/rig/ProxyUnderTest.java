package culvert.bench.rig;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A SOCKS proxy on 127.0.0.1 as its users run it, in processes of its own.
 *
 * @param name as the table has it
 * @param processes those that were started; others may be below them
 */
public record ProxyUnderTest(String name, int port, List<ProcessHandle> processes) {

  public ProxyUnderTest(String name, int port, ProcessHandle process) {
    this(name, port, List.of(process));
  }

  /** The CPU time of all of its processes and threads until now, to a hundredth of a second. */
  public Duration cpu() throws IOException {
    Duration sum = Duration.ZERO;
    for (ProcessHandle process : all()) {
      sum = sum.plus(ProcessStat.of(process.pid()).cpu());
    }
    return sum;
  }

  /** The resident memory of all of its processes; what they share counts in each. */
  public Memory memory() throws IOException {
    Memory sum = Memory.NONE;
    for (ProcessHandle process : all()) {
      sum = sum.plus(Memory.of(process.pid()));
    }
    return sum;
  }

  private List<ProcessHandle> all() {
    return processes.stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .toList();
  }
}
