package culvert.proxy.pin;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The content of a pin file: a line {@code HOST:PORT DATE [SSH-SERVER [RULE]]} for each
 * destination, empty lines, and comments. Under a rule with one target clients may invent names as
 * they like: no more than {@link #MOST_OF_A_RULE} stand there, and then the rule itself, in a line
 * {@code RULE DATE [SSH-SERVER]}. A rule is {@code rule=NAME,target=HOST:PORT}. What is none of
 * these is kept as it is and counts as a pin that nobody can read: it may stand for any
 * destination. So does a line that ends with its first word, which may have been a longer one.
 * Immutable.
 */
public final class PinList {
  static final int MOST_OF_A_RULE = 64;

  private static final String EXPECTED =
      " (expected: HOST:PORT DATE SSH-SERVER [RULE], or RULE DATE SSH-SERVER,"
          + " where RULE is rule=NAME,target=HOST:PORT; or # a comment)";
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf"; // UTF-8's, as ISO 8859-1
  private static final List<String> HEADER =
      List.of(
          "# Destinations that Culvert has tunnelled, since when, and through which SSH server; perhaps",
          "# with the rule under which clients may invent them, and for many of those the rule alone.",
          "# While one stands here it is not connected in plaintext because its SSH server cannot be",
          "# reached. To take it out: culvert unpin HOST[:PORT], or rule=NAME,target=HOST:PORT");

  private final Path file;
  private final List<Line> lines;
  private final Set<Pinned> pinned = new HashSet<>();

  /**
   * One line.
   *
   * @param pinned what it pins; empty: nothing, or nobody knows what
   * @param rule under which that was named
   * @param problem what is wrong with it
   */
  private record Line(
      String text, Optional<Pinned> pinned, Optional<Pinned> rule, Optional<String> problem) {

    static Line of(String text) {
      String bare = bare(text);
      if (bare.isEmpty() || bare.startsWith("#")) {
        return new Line(text, Optional.empty(), Optional.empty(), Optional.empty());
      }
      String[] words = bare.split("\\s+", -1);
      Optional<Pinned> pinned = pinned(words[0]);
      Optional<Pinned> rule = words.length == 4 ? pinned(words[3]) : Optional.empty();
      boolean whole =
          words.length > 1
              && isInstant(words[1])
              && (words.length <= 3 || rule.filter(PinnedRule.class::isInstance).isPresent());
      return new Line(
          text,
          pinned,
          rule,
          pinned.isPresent() && whole ? Optional.empty() : Optional.of(shown(bare)));
    }

    /** What an editor puts before the first line is no part of it. */
    private static String bare(String text) {
      return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text)
          .strip();
    }

    /** None of ours has other characters: names are written in their ASCII form. */
    private static Optional<Pinned> pinned(String word) {
      if (!word.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        return Optional.empty();
      }
      try {
        return Optional.of(Pinned.parseWritten(word));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    private static boolean isInstant(String word) {
      try {
        Instant.parse(word);
        return true;
      } catch (DateTimeException e) {
        return false;
      }
    }

    private static String shown(String text) {
      String cut = text.length() > 80 ? text.substring(0, 80) + "..." : text;
      return "'" + cut.replaceAll("[^\\x20-\\x7e]", "?") + "'";
    }

    boolean standsForAnything() {
      return problem.isPresent() && (pinned.isEmpty() || bare(text).split("\\s").length == 1);
    }
  }

  private PinList(Path file, List<Line> lines) {
    this.file = file;
    this.lines = List.copyOf(lines);
    lines.forEach(line -> line.pinned().ifPresent(pinned::add));
  }

  /**
   * Reads it.
   *
   * @param file for messages
   */
  static PinList of(Path file, byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1); // every byte comes back out
    return new PinList(file, text.lines().map(Line::of).toList());
  }

  byte[] content() {
    return lines.stream()
        .map(line -> line.text() + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  public boolean contains(Pinned one) {
    return pinned.contains(one);
  }

  /** The pins as they are written, in the order of the file. */
  public List<String> pins() {
    return lines.stream()
        .filter(line -> line.pinned().isPresent())
        .map(line -> Line.bare(line.text()))
        .toList();
  }

  /** What is pinned of a host, whatever the port. */
  public List<PinnedDestination> ofHost(String host) {
    return lines.stream()
        .flatMap(line -> line.pinned().stream())
        .filter(PinnedDestination.class::isInstance)
        .map(PinnedDestination.class::cast)
        .filter(destination -> destination.host().equals(host))
        .toList();
  }

  /** What is wrong with the file, as {@code file:line: found (expected)}. */
  public List<String> problems() {
    return problems(line -> true);
  }

  /** Those of the problems that leave it open which destination is pinned. */
  List<String> unreadable() {
    return problems(Line::standsForAnything);
  }

  /**
   * Rules that are pinned, but are none of these: nobody knows what clients asked for under them.
   */
  List<PinnedRule> unknownRules(Set<PinnedRule> known) {
    return pinned.stream()
        .filter(PinnedRule.class::isInstance)
        .map(PinnedRule.class::cast)
        .filter(rule -> !known.contains(rule))
        .toList();
  }

  private List<String> problems(Predicate<Line> which) {
    return IntStream.range(0, lines.size())
        .filter(i -> which.test(lines.get(i)))
        .boxed()
        .flatMap(
            i ->
                lines.get(i).problem().stream()
                    .map(found -> file + ":" + (i + 1) + ": " + found + EXPECTED))
        .toList();
  }

  /** What of those pins is to be added, so that all of them hold. */
  List<Pin> missing(Collection<Pin> pins) {
    Map<Pinned, Long> ofRules =
        lines.stream()
            .flatMap(line -> line.rule().stream())
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    Map<Pinned, Pin> missing = new LinkedHashMap<>();
    for (Pin pin : pins) {
      Optional<PinnedRule> rule = pin.rule();
      if (contains(pin.pinned()) || rule.filter(this::contains).isPresent()) {
        continue;
      }
      boolean many = rule.filter(r -> ofRules.merge(r, 1L, Long::sum) > MOST_OF_A_RULE).isPresent();
      Pin added = many ? pin.ofItsRule() : pin;
      missing.putIfAbsent(added.pinned(), added);
    }
    return List.copyOf(missing.values());
  }

  /** The same with those pins. */
  PinList with(Collection<Pin> pins) {
    List<Line> more = new ArrayList<>(lines);
    if (more.isEmpty()) {
      HEADER.stream().map(Line::of).forEach(more::add);
    }
    missing(pins).forEach(pin -> more.add(Line.of(pin.line())));
    return new PinList(file, more);
  }

  /** The same without those pins. */
  PinList without(Collection<? extends Pinned> unpinned) {
    return new PinList(
        file,
        lines.stream().filter(line -> line.pinned().filter(unpinned::contains).isEmpty()).toList());
  }
}
