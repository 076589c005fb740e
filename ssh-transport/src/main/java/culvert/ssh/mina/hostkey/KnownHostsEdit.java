package culvert.ssh.mina.hostkey;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes one host out of lines of a known_hosts file. Whatever else they say stays as it is, octet
 * by octet: other hosts, comments, lines that nobody can read, line ends.
 */
final class KnownHostsEdit {
  /** Before the hosts, they themselves, and what follows. A byte order mark may stand before. */
  private static final Pattern PARTS =
      Pattern.compile("((?:\\u00EF\\u00BB\\u00BF)?[ \\t]*)([^ \\t]+)([ \\t].*)", Pattern.DOTALL);

  private final byte[] content;

  KnownHostsEdit(byte[] content) {
    this.content = content;
  }

  /**
   * Whether the line names the host in words of its own, so that it can be taken out of it, and not
   * by a pattern.
   */
  static boolean names(KnownHostsLine line, String name) {
    return line.hosts() instanceof HostNames.Hashed
        || line.hosts().literalNames().filter(names -> names.contains(name)).isPresent();
  }

  /**
   * The file without the host in those lines, and with others at its end.
   *
   * @param numbers of lines that {@link #names} the host, counted from 1
   */
  byte[] without(String name, Set<Integer> numbers, List<String> more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int number = 0;
    for (int start = 0; start < content.length; ) {
      int end = endOfLine(start);
      byte[] line = Arrays.copyOfRange(content, start, end);
      number++;
      out.writeBytes(numbers.contains(number) ? without(name, line) : line);
      start = end;
    }
    byte[] kept = out.toByteArray();
    if (kept.length > 0 && kept[kept.length - 1] != '\n' && !more.isEmpty()) {
      out.write('\n');
    }
    more.forEach(line -> out.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8)));
    return out.toByteArray();
  }

  private int endOfLine(int start) {
    int end = start;
    while (end < content.length && content[end] != '\n') {
      end++;
    }
    return Math.min(end + 1, content.length);
  }

  private byte[] without(String name, byte[] line) {
    Matcher parts = PARTS.matcher(new String(line, StandardCharsets.ISO_8859_1));
    if (!parts.matches() || parts.group(2).startsWith("|")) {
      return new byte[0];
    }
    String octets = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    String others =
        Arrays.stream(parts.group(2).split(",", -1))
            .filter(host -> !utf8(host).toLowerCase(Locale.ROOT).equals(utf8(octets)))
            .collect(Collectors.joining(","));
    return others.isEmpty()
        ? new byte[0]
        : (parts.group(1) + others + parts.group(3)).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String utf8(String octets) {
    return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
