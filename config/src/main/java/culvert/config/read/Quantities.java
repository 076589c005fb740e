package culvert.config.read;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with a unit: durations ({@code 15s}) and sizes ({@code 64KiB}). */
final class Quantities {
  private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,15})([A-Za-z]*)");
  private static final Pattern NUMBER = Pattern.compile("([0-9]{1,15}) *([A-Za-z]*)");
  private static final String A_DURATION = "a duration such as 500ms, 15s, 2m, 12h, 7d";
  private static final String A_SIZE = "a size such as 512B, 64KiB, 2MiB, 64GiB";
  private static final Duration LONGEST = Duration.ofDays(3650);
  private static final long LARGEST = 1L << 50;

  private static final Map<String, Duration> DURATIONS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private static final Map<String, Long> SIZES =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

  private Quantities() {}

  /** A duration; zero included. */
  static ValueType<Duration> duration() {
    return ValueTypes.scalar(A_DURATION, Quantities::parseDuration);
  }

  /** A duration longer than zero. */
  static ValueType<Duration> positiveDuration() {
    return ValueTypes.scalar(
        A_DURATION,
        text -> {
          Duration duration = parseDuration(text);
          if (duration.isZero()) {
            throw ValueTypes.expected(text, "longer than zero");
          }
          return duration;
        });
  }

  /** Bytes within those bounds. */
  static ValueType<Long> size(String min, String max) {
    long least = parseSize(min);
    long most = parseSize(max);
    return ValueTypes.scalar(
        A_SIZE,
        text -> {
          long size = parseSize(text, least, most);
          if (size < least || size > most) {
            throw ValueTypes.expected(text, min + ".." + max);
          }
          return size;
        });
  }

  static Duration parseDuration(String text) {
    Matcher matcher = QUANTITY.matcher(text);
    if (matcher.matches() && DURATIONS.containsKey(matcher.group(2))) {
      Duration unit = DURATIONS.get(matcher.group(2));
      long count = Long.parseLong(matcher.group(1));
      if (count > LONGEST.dividedBy(unit)) {
        throw ValueTypes.expected(text, "at most " + LONGEST.toDays() + "d");
      }
      return unit.multipliedBy(count);
    }
    throw ValueTypes.expected(text, A_DURATION + didYouMeanDuration(text));
  }

  /** With a unit that everybody writes otherwise, or in seconds where there is none. */
  private static String didYouMeanDuration(String text) {
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.matches()) {
      return "";
    }
    String unit =
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "msec", "msecs", "millis", "millisecond", "milliseconds" -> "ms";
          case "", "s", "sec", "secs", "second", "seconds" -> "s";
          case "m", "min", "mins", "minute", "minutes" -> "m";
          case "h", "hr", "hrs", "hour", "hours" -> "h";
          case "d", "day", "days" -> "d";
          default -> "";
        };
    return unit.isEmpty() ? "" : suggestion(matcher.group(1) + unit);
  }

  static long parseSize(String text) {
    return parseSize(text, 0, LARGEST);
  }

  /** Within those bounds a suggestion is; what was found is not checked. */
  private static long parseSize(String text, long least, long most) {
    Matcher matcher = QUANTITY.matcher(text);
    if (matcher.matches() && SIZES.containsKey(matcher.group(2))) {
      long unit = SIZES.get(matcher.group(2));
      long count = Long.parseLong(matcher.group(1));
      if (count > LARGEST / unit) {
        throw ValueTypes.expected(text, "at most " + (LARGEST >> 40) + "TiB");
      }
      return unit * count;
    }
    throw ValueTypes.expected(text, A_SIZE + didYouMeanSize(text, least, most));
  }

  /** Where no unit stands, bytes, if so few are allowed. */
  private static String didYouMeanSize(String text, long least, long most) {
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.matches()) {
      return "";
    }
    String unit =
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "", "b", "byte", "bytes" -> "B";
          case "k", "kb", "kib", "ki" -> "KiB";
          case "m", "mb", "mib", "mi" -> "MiB";
          case "g", "gb", "gib", "gi" -> "GiB";
          case "t", "tb", "tib", "ti" -> "TiB";
          default -> "";
        };
    long size = SIZES.getOrDefault(unit, 0L);
    long count = Long.parseLong(matcher.group(1));
    boolean taken = size > 0 && count <= most / size && count * size >= least;
    return taken ? suggestion(matcher.group(1) + unit) : "";
  }

  private static String suggestion(String text) {
    return "; did you mean \"" + text + "\"?";
  }
}
