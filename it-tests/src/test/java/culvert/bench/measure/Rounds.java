package culvert.bench.measure;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Has contenders take turns, A B A B, so that whatever else the machine does meets all of them. */
public final class Rounds {
  private final int count;
  private final long limitNanos;
  private final LongSupplier nanoTime;
  private final PrintStream progress;
  private final long start;

  /** Who is measured, and how. */
  record Contender<T>(String name, Trial<T> trial) {}

  /** One measurement. */
  interface Trial<T> {
    T run() throws Exception;
  }

  /**
   * @param count of rounds
   * @param limit after which no round begins but the first of its kind
   * @param nanoTime a clock
   */
  public Rounds(int count, Duration limit, LongSupplier nanoTime, PrintStream progress) {
    this.count = count;
    this.limitNanos = limit.toNanos();
    this.nanoTime = nanoTime;
    this.progress = progress;
    this.start = nanoTime.getAsLong();
  }

  /** The same with another number of rounds. */
  Rounds times(int factor) {
    return new Rounds(count * factor, remaining(), nanoTime, progress);
  }

  private Duration remaining() {
    return Duration.ofNanos(limitNanos - (nanoTime.getAsLong() - start));
  }

  /**
   * Takes all rounds.
   *
   * @param warmUps rounds before them that do not count
   * @return of each contender's name what was found, in the order of the rounds
   */
  <T> Map<String, List<T>> of(String what, int warmUps, List<Contender<T>> contenders)
      throws Exception {
    Map<String, List<T>> found = new LinkedHashMap<>();
    for (int round = 1 - warmUps; round <= count; round++) {
      if (round > 1 && remaining().isNegative()) {
        progress.println(what + ": no time for more than " + (round - 1) + " rounds");
        break;
      }
      for (Contender<T> contender : contenders) {
        progress.printf("%s: round %d of %d: %s%n", what, round, count, contender.name());
        T value = contender.trial().run();
        if (round > 0) {
          found.computeIfAbsent(contender.name(), name -> new ArrayList<>()).add(value);
        }
      }
    }
    return found;
  }
}
