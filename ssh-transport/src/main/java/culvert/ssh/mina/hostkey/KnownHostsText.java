package culvert.ssh.mina.hostkey;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One known_hosts file as it was read. Holds the octets and an index of them, and takes a line
 * apart when somebody asks for a name in it: a file may have a hundred thousand. Immutable but for
 * what it keeps in mind; thread-safe.
 */
final class KnownHostsText {
  /** Of a whole file; a larger one is not read. */
  static final int MAX_OCTETS = 16 << 20;

  private static final Logger log = LoggerFactory.getLogger(KnownHosts.class);

  /** So many unreadable lines are told of one file. */
  private static final int MAX_WARNINGS = 10;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final Path file;
  private final byte[] content;

  /**
   * The number of each line that names a key, and where it begins: the upper and the lower half.
   */
  private final long[] lines;

  /** The hash of each name that stands for itself, and the index of its line; sorted. */
  private final long[] names;

  /** The lines whose names must be tried. */
  private final int[] patterns;

  /** The first ones. */
  private final List<UnreadableLine> unreadable;

  private final int allUnreadable;
  private final boolean endsInHalfALine;
  private final Map<String, int[]> tried = new LeastRecentlyAsked(); // guarded by itself

  private static final class LeastRecentlyAsked extends LinkedHashMap<String, int[]> {
    private static final long serialVersionUID = 1L;
    private static final int MAX_NAMES = 1000;

    LeastRecentlyAsked() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, int[]> eldest) {
      return size() > MAX_NAMES;
    }
  }

  /**
   * Takes down which lines there are.
   *
   * @param content the whole file; not to be changed any more
   */
  KnownHostsText(Path file, byte[] content) {
    this.file = file;
    this.content = content;
    Longs keys = new Longs();
    Longs hashes = new Longs();
    List<Integer> toTry = new ArrayList<>();
    int bad = 0;
    List<UnreadableLine> firstBad = new ArrayList<>();
    boolean lastIsBad = false;
    int number = 0;
    for (int start = beginning(); start <= content.length; start = endOfLine(start) + 1) {
      number++;
      lastIsBad = false;
      try {
        Optional<KnownHostsLine> line = KnownHostsLine.parse(text(start), file, number);
        if (line.isPresent()) {
          int index = keys.add((long) number << Integer.SIZE | start);
          Optional<List<String>> literal = line.get().hosts().literalNames();
          literal.ifPresentOrElse(
              all -> all.forEach(name -> hashes.add(entry(name, index))), () -> toTry.add(index));
        }
      } catch (IllegalArgumentException e) {
        lastIsBad = true;
        if (bad++ < MAX_WARNINGS) {
          firstBad.add(new UnreadableLine(file, number, String.valueOf(e.getMessage())));
        }
      }
    }
    lines = keys.toArray();
    names = hashes.toArray();
    Arrays.sort(names);
    patterns = toTry.stream().mapToInt(Integer::intValue).toArray();
    unreadable = List.copyOf(firstBad);
    allUnreadable = bad;
    endsInHalfALine = lastIsBad;
  }

  /** For another file in its place. */
  KnownHostsEdit edit() {
    return new KnownHostsEdit(content);
  }

  /** Tells of the lines that cannot be read. */
  void warn() {
    warnings().forEach(log::warn);
  }

  /** What {@link #warn} says. */
  List<String> warnings() {
    List<String> all = new ArrayList<>();
    for (UnreadableLine line : unreadable) {
      all.add("%s:%d: %s; line skipped".formatted(file, line.line(), line.problem()));
    }
    if (allUnreadable > MAX_WARNINGS) {
      all.add("%s: %d such lines in all".formatted(file, allUnreadable));
    }
    return all;
  }

  /** The last line cannot be read, and has no end: somebody may be writing it. */
  boolean endsInHalfALine() {
    return endsInHalfALine;
  }

  private int beginning() {
    int length = BYTE_ORDER_MARK.length;
    return content.length >= length && Arrays.equals(content, 0, length, BYTE_ORDER_MARK, 0, length)
        ? length
        : 0;
  }

  private int endOfLine(int start) {
    int end = start;
    while (end < content.length && content[end] != '\n') {
      end++;
    }
    return end;
  }

  private String text(int start) {
    return new String(content, start, endOfLine(start) - start, StandardCharsets.UTF_8);
  }

  private static long entry(String name, int line) {
    return (long) name.hashCode() << Integer.SIZE | line;
  }

  /** The first of the lines that cannot be read. */
  Optional<UnreadableLine> unreadable() {
    return unreadable.stream().findFirst();
  }

  int octets() {
    return content.length;
  }

  /** The lines that are about a name, in their order. Hashed names cost a microsecond each. */
  List<KnownHostsLine> about(String name) {
    return IntStream.concat(literal(name), Arrays.stream(matching(name)))
        .sorted()
        .distinct()
        .mapToObj(this::line)
        .filter(line -> line.hosts().matches(name))
        .toList();
  }

  private IntStream literal(String name) {
    int from = Arrays.binarySearch(names, entry(name, 0));
    int first = from < 0 ? -from - 1 : from;
    return IntStream.range(first, names.length)
        .takeWhile(i -> names[i] >> Integer.SIZE == name.hashCode())
        .map(i -> (int) names[i]);
  }

  private int[] matching(String name) {
    synchronized (tried) {
      int[] found = tried.get(name);
      if (found != null) {
        return found;
      }
    }
    if (patterns.length > 0) {
      log.debug("{}: tried {} lines for {}", file, patterns.length, name);
    }
    int[] found = Arrays.stream(patterns).filter(i -> line(i).hosts().matches(name)).toArray();
    synchronized (tried) {
      tried.put(name, found);
    }
    return found;
  }

  private KnownHostsLine line(int index) {
    int number = (int) (lines[index] >> Integer.SIZE);
    return KnownHostsLine.parse(text((int) lines[index]), file, number).orElseThrow();
  }

  /** Numbers that become more. */
  private static final class Longs {
    private long[] all = new long[64];
    private int size;

    int add(long number) {
      if (size == all.length) {
        all = Arrays.copyOf(all, 2 * size);
      }
      all[size] = number;
      return size++;
    }

    long[] toArray() {
      return Arrays.copyOf(all, size);
    }
  }
}
