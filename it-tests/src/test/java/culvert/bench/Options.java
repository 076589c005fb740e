package culvert.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The command line of the bench.
 *
 * @param parts what is measured
 * @param smoke whether gross regressions fail, within two minutes
 * @param json where the results go besides the table
 * @param rounds of each measurement
 * @param megabytes of one stream alone
 */
record Options(Set<Part> parts, boolean smoke, Optional<Path> json, int rounds, int megabytes) {
  static final String USAGE =
      """
      usage: it-tests/bench/run [--only NAME,...] [--rounds N] [--size MB] [--json FILE] [--smoke]
        --only    of: %s
        --rounds  of each measurement; 5 unless given, 3 with --smoke
        --size    of a file that one stream transfers; 1000 unless given, 200 with --smoke
        --json    a file for all samples
        --smoke   `tunnel` within two minutes; exit code 1 where a rate is below 0.6 x `ssh -D`
      """
          .formatted(Part.names());

  private static final int MAX_ROUNDS = 1000;
  private static final int MAX_MEGABYTES = 2000;

  /** A part of the bench. */
  enum Part {
    TUNNEL,
    DIRECT,
    JOBS,
    FIRST,
    LOGINS,
    MEMORY,
    START,
    ECHO,
    DELAY;

    static String names() {
      return Arrays.stream(values()).map(Part::word).collect(Collectors.joining(", "));
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Part of(String word) {
      return Arrays.stream(values())
          .filter(part -> part.word().equals(word))
          .findAny()
          .orElseThrow(
              () ->
                  new IllegalArgumentException("--only " + word + " (expected: " + names() + ")"));
    }
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  static Options parse(List<String> arguments) {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    boolean smoke = arguments.contains("--smoke");
    Optional<Path> json = Optional.empty();
    int rounds = smoke ? 3 : 5;
    int megabytes = smoke ? 200 : 1000;
    Iterator<String> words = arguments.iterator();
    while (words.hasNext()) {
      String option = words.next();
      switch (option) {
        case "--smoke" -> {}
        case "--only" -> {
          for (String name : value(option, words).split(",", -1)) {
            parts.add(Part.of(name.strip()));
          }
        }
        case "--json" -> json = Optional.of(Path.of(value(option, words)));
        case "--rounds" -> rounds = number(option, value(option, words), MAX_ROUNDS);
        case "--size" -> megabytes = number(option, value(option, words), MAX_MEGABYTES);
        default -> throw new IllegalArgumentException("unknown: " + option);
      }
    }
    if (smoke && !parts.isEmpty()) {
      throw new IllegalArgumentException("--smoke has no --only: it is `tunnel` alone");
    }
    if (parts.isEmpty()) {
      parts = smoke ? EnumSet.of(Part.TUNNEL) : EnumSet.allOf(Part.class);
    }
    return new Options(Set.copyOf(parts), smoke, json, rounds, megabytes);
  }

  private static String value(String option, Iterator<String> words) {
    if (!words.hasNext()) {
      throw new IllegalArgumentException(option + " without a value");
    }
    return words.next();
  }

  private static int number(String option, String text, int most) {
    if (text.matches("[0-9]{1,6}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException(option + " " + text + " (expected: 1.." + most + ")");
  }
}
