package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.figures.Target;
import culvert.bench.measure.Rounds.Contender;
import culvert.bench.rig.FtpSite;
import culvert.bench.rig.ProxyUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Downloads and uploads, one at a time and sixteen at once: rate, and CPU time for each GB. */
final class Throughput {
  static final int MANY = 16;

  /** Sixteen streams carry twice as much as one: their logins take longer. */
  private static final int SHARE = 8;

  private static final int WARM_UPS = 6;
  private static final long WARM_UP_NANOS = 10_000_000_000L;

  private final String name;
  private final Rounds rounds;
  private final Transfers transfers;
  private final int bytes;

  /**
   * @param name before those of the rows
   * @param bytes of one stream alone
   */
  Throughput(String name, Rounds rounds, FtpSite site, int bytes) {
    this.name = name;
    this.rounds = rounds;
    this.transfers = new Transfers(site);
    this.bytes = bytes;
  }

  /** What is to be reached, for Culvert beside one of the others. */
  interface Targets {
    Optional<Target> rate(String other, Direction direction, int streams);

    Optional<Target> cpu(String other, Direction direction, int streams);
  }

  /** Before anything is measured: compilers want to have seen some gigabytes, and have a while. */
  void warmUp(ProxyUnderTest proxy) throws Exception {
    for (Direction direction : Direction.values()) {
      long start = System.nanoTime();
      for (int i = 0; i < WARM_UPS && System.nanoTime() - start < WARM_UP_NANOS; i++) {
        transfers.run(proxy, direction, 1, bytes);
      }
    }
  }

  /**
   * Measures.
   *
   * @param proxies the first is Culvert
   */
  List<Row> rows(List<ProxyUnderTest> proxies, Targets targets) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      for (int streams : new int[] {1, MANY}) {
        rows.addAll(rows(proxies, targets, direction, streams));
      }
    }
    return rows;
  }

  private List<Row> rows(
      List<ProxyUnderTest> proxies, Targets targets, Direction direction, int streams)
      throws Exception {
    int each = streams == 1 ? bytes : bytes / SHARE;
    String flow = direction.word() + ", " + (streams == 1 ? "1 stream" : streams + " streams");
    Map<String, List<Rate>> found =
        rounds.of(
            name + " " + flow,
            1,
            proxies.stream()
                .map(
                    proxy ->
                        new Contender<>(
                            proxy.name(), () -> transfers.run(proxy, direction, streams, each)))
                .toList());
    List<Row> rows = new ArrayList<>();
    String start = name + "-" + direction.word() + "-" + streams;
    for (ProxyUnderTest other : proxies.subList(1, proxies.size())) {
      String program = other.name();
      Row rate =
          Row.beside(
              start + "-rate" + suffix(proxies, program),
              title(flow) + ", MB/s",
              rates(found, proxies.get(0).name()),
              program,
              rates(found, program),
              Comparison.RATIO);
      Row cpu =
          Row.beside(
              start + "-cpu" + suffix(proxies, program),
              title(flow) + ", CPU s per GB",
              cpus(found, proxies.get(0).name()),
              program,
              cpus(found, program),
              Comparison.RATIO);
      rows.add(targets.rate(program, direction, streams).map(rate::to).orElse(rate));
      rows.add(targets.cpu(program, direction, streams).map(cpu::to).orElse(cpu));
    }
    return rows;
  }

  private String title(String flow) {
    return name.equals("tunnel") ? flow : name + " " + flow;
  }

  private static String suffix(List<ProxyUnderTest> proxies, String program) {
    return proxies.size() > 2 ? "-" + program : "";
  }

  private static Samples rates(Map<String, List<Rate>> found, String program) {
    return Samples.of(found.get(program), Rate::megabytesPerSecond);
  }

  private static Samples cpus(Map<String, List<Rate>> found, String program) {
    return Samples.of(found.get(program), Rate::cpuSecondsPerGigabyte);
  }
}
