package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a client cuts bytes into replies, and where it finds an address in one. Each is lenient in
 * its own way: models from memory of how the programs read and of what was measured of them, not
 * copies of their sources.
 */
abstract class ModelReader {
  /** Where a line ends. */
  enum LineEnd {
    LF,
    CRLF,
    /** Python's universal newlines. */
    ANY,
    /** CR, LF and NUL, each by itself; there are no empty lines. */
    EACH
  }

  private static final Pattern SCANF_SIX =
      Pattern.compile(
          "\\s*\\+?(\\d+),\\s*\\+?(\\d+),\\s*\\+?(\\d+),\\s*\\+?(\\d+),\\s*\\+?(\\d+),\\s*\\+?(\\d+)");

  private final LineEnd lineEnd;
  private final StringBuilder text = new StringBuilder();
  private final List<String> lines = new ArrayList<>();

  ModelReader(LineEnd lineEnd) {
    this.lineEnd = lineEnd;
  }

  /** The code of the reply that these lines are, if it ends here; -1 if it does not. */
  abstract int ended(List<String> soFar);

  /** The line as the client sees it. */
  String read(String line) {
    return line;
  }

  /** Whether a line outside a reply is passed over. */
  boolean ignores(String line) {
    return code(line) < 0;
  }

  /** Whether a {@code 1yz} is the answer to a command that takes no time. */
  boolean endsAtPreliminary() {
    return true;
  }

  /** Whether it sends commands before the replies to earlier ones. */
  boolean mayPipeline() {
    return false;
  }

  /** Where the client would go, with this for an answer to its PASV or EPSV. */
  abstract Optional<ReadAddress> passive(ReadReply reply, boolean extended);

  final List<ReadReply> feed(byte[] bytes) {
    text.append(new String(bytes, ISO_8859_1));
    List<ReadReply> replies = new ArrayList<>();
    for (Optional<String> cut = cut(); cut.isPresent(); cut = cut()) {
      String line = read(cut.get());
      if (lines.isEmpty() && ignores(line)) {
        continue;
      }
      lines.add(line);
      int code = ended(lines);
      if (code >= 0) {
        replies.add(new ReadReply(code, List.copyOf(lines)));
        lines.clear();
      }
    }
    return replies;
  }

  private Optional<String> cut() {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (lineEnd == LineEnd.EACH) {
        if (c == '\n' || c == '\r' || c == 0) {
          String line = take(i, i + 1);
          if (!line.isEmpty()) {
            return Optional.of(line);
          }
          i = -1;
        }
        continue;
      }
      if (c == '\n' && (lineEnd != LineEnd.CRLF || (i > 0 && text.charAt(i - 1) == '\r'))) {
        int end = lineEnd != LineEnd.ANY && i > 0 && text.charAt(i - 1) == '\r' ? i - 1 : i;
        return Optional.of(take(end, i + 1));
      }
      if (c == '\r' && lineEnd == LineEnd.ANY) {
        if (i + 1 == text.length()) {
          return Optional.empty(); // an LF may follow
        }
        return Optional.of(take(i, text.charAt(i + 1) == '\n' ? i + 2 : i + 1));
      }
    }
    return Optional.empty();
  }

  private String take(int end, int next) {
    String line = text.substring(0, end);
    text.delete(0, next);
    return line;
  }

  /** The three digits that a line begins with; -1 if it does not. */
  static int code(String line) {
    return line.length() >= 3 && line.substring(0, 3).matches("[0-9]{3}")
        ? Integer.parseInt(line.substring(0, 3))
        : -1;
  }

  static char at(String line, int index) {
    return index < line.length() ? line.charAt(index) : '\0';
  }

  /** Where {@code sscanf("%u,%u,%u,%u,%u,%u")} first succeeds. */
  static Optional<long[]> scanSix(String text) {
    Matcher matcher = SCANF_SIX.matcher(text);
    return matcher.find() ? numbers(matcher) : Optional.empty();
  }

  static Optional<long[]> numbers(Matcher six) {
    long[] numbers = new long[6];
    for (int i = 0; i < 6; i++) {
      String digits = six.group(i + 1);
      numbers[i] = digits.length() > 9 ? 0xffff_ffffL : Long.parseLong(digits);
    }
    return Optional.of(numbers);
  }

  /** RFC 959: ended by the same code and no hyphen. */
  static int endedBySameCode(List<String> soFar) {
    int code = code(soFar.get(0));
    String last = soFar.get(soFar.size() - 1);
    return code(last) == code && at(last, 3) != '-' ? code : -1;
  }

  @Override
  public String toString() {
    return getClass().getSimpleName();
  }
}
