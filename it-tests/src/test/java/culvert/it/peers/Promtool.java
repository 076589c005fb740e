package culvert.it.peers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Prometheus' own judge of metrics and rules. */
public final class Promtool {
  static final Path PROGRAM = RealPeers.UNPACKED.resolve("usr/bin/promtool");

  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private Promtool() {}

  /**
   * {@code promtool check metrics}.
   *
   * @param scrape in Prometheus' text format
   */
  public static Run<String> checkMetrics(Path scrape) {
    return Run.text(
        DEADLINE,
        List.of(
            "sh",
            "-c",
            "exec \"$0\" check metrics <\"$1\"",
            PROGRAM.toString(),
            scrape.toString()));
  }

  /** {@code promtool check rules}. */
  public static Run<String> checkRules(Path rules) {
    return Run.text(DEADLINE, List.of(PROGRAM.toString(), "check", "rules", rules.toString()));
  }

  /** {@code promtool test rules}. */
  public static Run<String> testRules(Path tests) {
    return Run.text(DEADLINE, List.of(PROGRAM.toString(), "test", "rules", tests.toString()));
  }
}
