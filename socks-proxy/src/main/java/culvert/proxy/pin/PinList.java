package culvert.proxy.pin;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The content of a pin file: a line {@code HOST:PORT DATE [SSH-SERVER]} for each destination, empty
 * lines, and comments. What is none of these is kept as it is and counts as a pin that nobody can
 * read: it may stand for any destination. Immutable.
 */
public final class PinList {
  private static final String EXPECTED = " (expected: HOST:PORT DATE SSH-SERVER, or # a comment)";
  private static final List<String> HEADER =
      List.of(
          "# Destinations that Culvert has tunnelled, since when, and through which SSH server. While",
          "# one stands here it is not connected in plaintext because its SSH server cannot be reached.",
          "# To take it out: culvert unpin HOST[:PORT]");

  private final Path file;
  private final List<Line> lines;
  private final Set<PinnedDestination> destinations = new HashSet<>();

  /**
   * One line.
   *
   * @param destination what it pins; empty: nothing, or nobody knows what
   * @param problem what is wrong with it
   */
  private record Line(
      String text, Optional<PinnedDestination> destination, Optional<String> problem) {

    static Line of(String text) {
      String bare = text.strip();
      if (bare.isEmpty() || bare.startsWith("#")) {
        return new Line(text, Optional.empty(), Optional.empty());
      }
      String[] words = bare.split("\\s+", -1);
      Optional<PinnedDestination> destination = destination(words[0]);
      boolean whole = words.length <= 3 && words.length > 1 && isInstant(words[1]);
      return new Line(
          text,
          destination,
          destination.isPresent() && whole ? Optional.empty() : Optional.of(shown(bare)));
    }

    private static Optional<PinnedDestination> destination(String word) {
      try {
        return Optional.of(PinnedDestination.parseWithPort(word));
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
      return problem.isPresent() && destination.isEmpty();
    }
  }

  private PinList(Path file, List<Line> lines) {
    this.file = file;
    this.lines = List.copyOf(lines);
    lines.forEach(line -> line.destination().ifPresent(destinations::add));
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

  public boolean contains(PinnedDestination destination) {
    return destinations.contains(destination);
  }

  /** The pins as they are written, in the order of the file. */
  public List<String> pins() {
    return lines.stream().filter(line -> line.destination().isPresent()).map(Line::text).toList();
  }

  /** What is pinned of a host, whatever the port. */
  public List<PinnedDestination> ofHost(String host) {
    return lines.stream()
        .flatMap(line -> line.destination().stream())
        .filter(pinned -> pinned.host().equals(host))
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

  /** The same with those pins that are not there yet. */
  PinList with(Collection<Pin> pins) {
    List<Line> more = new ArrayList<>(lines);
    if (more.isEmpty()) {
      HEADER.stream().map(Line::of).forEach(more::add);
    }
    pins.stream()
        .filter(pin -> !contains(pin.destination()))
        .map(pin -> Line.of(pin.line()))
        .forEach(more::add);
    return new PinList(file, more);
  }

  /** The same without those pins. */
  PinList without(Collection<PinnedDestination> unpinned) {
    return new PinList(
        file,
        lines.stream()
            .filter(line -> line.destination().filter(unpinned::contains).isEmpty())
            .toList());
  }
}
