package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A server's line as the client of a tunnelled session may see it: so that all clients read the
 * same replies in what they are told, and find no announcement in them. Clients read replies each
 * in its own way: some end one at any code, some at any digit, some at a bare CR, some leave telnet
 * commands out; so whatever begins like a {@code 227}, {@code 228} or {@code 229} counts as one,
 * wherever it stands, and no line within a reply looks like the end of one.
 */
final class ClientLine {

  /** Where it stands in its reply. A reply of one line has a last line only. */
  enum Place {
    FIRST,
    INNER,
    LAST;

    static Place of(boolean first, boolean last) {
      return last ? LAST : first ? FIRST : INNER;
    }
  }

  private static final int IAC = 0xff;
  private static final int FIRST_WITH_OPTION = 0xfb;

  /** wget and ftplib take what is behind some more for another line. */
  private static final int LONGEST = 4000;

  /**
   * Six numbers, of which some may be missing, or a port behind three delimiters, which may be
   * anything: as the most lenient of clients read them.
   */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "\\d(?:,\\s*+[+-]?+\\d*+){5}"
              + "|([^\\w\\s])\\1\\1\\s*+[+-]?+\\d|(?:^.?|\\()(.)\\2\\2\\s*+[+-]?+\\d");

  private ClientLine() {}

  /**
   * What a client may see of a server's line that no command of its own has asked for.
   *
   * @param code of the reply that the line belongs to
   * @param place the client waits for the last line
   * @param asked whether the client may take it for the answer to its PASV or EPSV: some look for
   *     an address in any {@code 2yz} or {@code 3yz} then
   * @return the line itself where it announces nothing; empty: nothing of it
   */
  static Optional<byte[]> of(int code, byte[] raw, Place place, boolean asked) {
    if (code == 0) { // lftp would read on
      return Optional.of(OwnReply.line(OwnReply.NO_CODE)).filter(line -> place == Place.LAST);
    }
    boolean usual = code >= 100 && code < 600; // where others end, clients disagree
    return usual || place == Place.LAST ? harmless(raw, place, asked) : Optional.empty();
  }

  private static Optional<byte[]> harmless(byte[] raw, Place place, boolean asked) {
    byte[] read = withoutTelnet(raw);
    int announced = 0;
    for (int start = 0; start < read.length && announced == 0; start = nextStart(read, start)) {
      announced = code(read, start);
    }
    if (announced == 0 && asked && read.length > 3 && (read[0] == '2' || read[0] == '3')) {
      boolean address = ADDRESS.matcher(new String(read, 3, read.length - 3, ISO_8859_1)).find();
      announced = address ? Math.max(0, ReplyLine.codeAt(read, 0)) : 0;
    }
    if (announced == 0 && !isReadTwice(raw, read)) {
      return Optional.of(readAlike(raw, read, place));
    }
    return place == Place.LAST ? Optional.of(replaced(read, announced)) : Optional.empty();
  }

  /** Whether some clients find a code where another one, or none, was counted for a command. */
  private static boolean isReadTwice(byte[] raw, byte[] read) {
    if (read.length == 0 || !ReplyLine.isDigit(read[0])) {
      return false;
    }
    byte[] counted = ReplySplitter.head(raw);
    for (int i = 0; i < counted.length; i++) {
      if (counted[i] != (i < read.length ? read[i] : '\n')) {
        return true;
      }
    }
    return false;
  }

  /** All clients have to find the same code, and the same end of the line. */
  private static byte[] readAlike(byte[] raw, byte[] read, Place place) {
    byte[] alike = raw;
    for (int i = 0; i < Math.min(4, raw.length); i++) {
      if ((raw[i] & 0xff) == IAC) {
        alike = read;
      }
    }
    if (place == Place.LAST
        && ReplyLine.codeAt(alike, 0) >= 0
        && alike.length > 3
        && alike[3] != ' ') {
      alike = spaced(alike, 3); // some wait for it
    } else if (place == Place.INNER && looksLikeAnEnd(alike)) {
      alike = spaced(alike, 0); // as RFC 959 section 4.2 has servers do
    }
    return endedAlike(alike);
  }

  /** Some wait for CRLF, for some each CR or NUL ends a line, and some go on behind so much. */
  private static byte[] endedAlike(byte[] line) {
    boolean whole = line.length > 0 && line[line.length - 1] == '\n';
    int end = whole ? line.length - 1 : line.length;
    while (end > 0 && line[end - 1] == '\r') {
      end--;
    }
    end = Math.min(end, LONGEST);
    byte[] alike = Arrays.copyOf(line, whole ? end + 2 : end);
    for (int i = 0; i < end; i++) {
      alike[i] = endsLine(alike[i]) ? (byte) ' ' : alike[i];
    }
    if (whole) {
      alike[end] = '\r';
      alike[end + 1] = '\n';
    }
    return alike;
  }

  /** Digits of other scripts are digits, too, to clients that decode UTF-8. */
  private static boolean looksLikeAnEnd(byte[] line) {
    boolean goesOn = ReplyLine.codeAt(line, 0) >= 0 && line.length > 3 && line[3] == '-';
    return line.length > 0 && (ReplyLine.isDigit(line[0]) || line[0] < 0) && !goesOn;
  }

  private static byte[] spaced(byte[] line, int at) {
    ByteArrayOutputStream spaced = new ByteArrayOutputStream(line.length + 1);
    spaced.write(line, 0, at);
    spaced.write(' ');
    spaced.write(line, at, line.length - at);
    return spaced.toByteArray();
  }

  /** The same code where it was the line's own. */
  private static byte[] replaced(byte[] read, int announced) {
    int own = ReplyLine.codeAt(read, 0);
    int code = own >= 0 ? own : announced;
    return OwnReply.line("%03d culvert: text withheld: no PASV asked for it.".formatted(code));
  }

  private static int nextStart(byte[] text, int from) {
    int next = from;
    while (next < text.length && !endsLine(text[next])) {
      next++;
    }
    return next + 1;
  }

  /** To some client; to FileZilla and WinSCP, a NUL does. */
  private static boolean endsLine(byte b) {
    return b == '\r' || b == '\n' || b == 0;
  }

  private static int code(byte[] text, int from) {
    int start = from;
    while (start < text.length && (text[start] == ' ' || text[start] == '\t')) {
      start++;
    }
    int code = ReplyLine.codeAt(text, start);
    return ReplyLine.announces(code) ? code : 0;
  }

  private static byte[] withoutTelnet(byte[] raw) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      int b = raw[i] & 0xff;
      if (b == IAC && i + 1 < raw.length) {
        i += (raw[i + 1] & 0xff) >= FIRST_WITH_OPTION && (raw[i + 1] & 0xff) != IAC ? 2 : 1;
      } else {
        text.write(b);
      }
    }
    return text.toByteArray();
  }
}
