package culvert.config.read;

import culvert.config.RekeyLimit;
import java.time.Duration;
import java.util.Optional;

/** {@code rekey-limit}: a size, and after a space the time if keys age too. */
final class RekeyLimits {
  private static final String EXPECTED =
      "a size such as 512MiB, 64GiB, with a duration behind it or not: 64GiB 1h";
  private static final String RANGE = "16KiB..1TiB";
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  static final ValueType<RekeyLimit> TYPE = ValueTypes.scalar(EXPECTED, RekeyLimits::parse);

  private RekeyLimits() {}

  private static RekeyLimit parse(String text) {
    String[] words = text.split(" +", -1);
    if (words.length > 2) {
      throw ValueTypes.expected(text, EXPECTED);
    }
    long bytes = Quantities.parseSize(words[0]);
    if (RekeyLimit.within(bytes) != bytes) {
      throw ValueTypes.expected(words[0], RANGE);
    }
    return words.length == 1
        ? RekeyLimit.ofBytes(bytes)
        : new RekeyLimit(bytes, Optional.of(time(words[1])));
  }

  private static Duration time(String text) {
    Duration time = Quantities.parseDuration(text);
    if (time.compareTo(SHORTEST) < 0) {
      throw ValueTypes.expected(text, "at least 1s");
    }
    return time;
  }
}
