package culvert.proxy.ftp.core;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/**
 * What some client could take for the announcement of a data connection. Clients read replies each
 * in its own way: some end a reply at any code, some at a bare CR, some leave telnet commands out;
 * so whatever begins like a {@code 227}, {@code 228} or {@code 229} counts, wherever it stands.
 */
final class AnnouncingLine {
  private static final int IAC = 0xff;
  private static final int FIRST_WITH_OPTION = 0xfb;

  private AnnouncingLine() {}

  /**
   * What a client may see of a server's line that no command of its own has asked for.
   *
   * @param last whether the reply ends with it, so that the client waits for it
   * @return the line itself where it announces nothing; empty: nothing of it
   */
  static Optional<byte[]> harmless(byte[] raw, boolean last) {
    byte[] read = withoutTelnet(raw);
    int announced = 0;
    for (int start = 0; start < read.length && announced == 0; start = nextStart(read, start)) {
      announced = code(read, start);
    }
    if (announced == 0) {
      return Optional.of(raw);
    }
    return last ? Optional.of(replaced(raw, announced)) : Optional.empty();
  }

  /** The same code where it was the line's own. */
  private static byte[] replaced(byte[] raw, int announced) {
    int own = digits(raw, 0);
    return OwnReply.of(own > 0 ? own : announced, "culvert: text withheld: no PASV asked for it.");
  }

  private static int nextStart(byte[] text, int from) {
    int next = from;
    while (next < text.length && text[next] != '\r' && text[next] != '\n') {
      next++;
    }
    return next + 1;
  }

  private static int code(byte[] text, int from) {
    int start = from;
    while (start < text.length && (text[start] == ' ' || text[start] == '\t')) {
      start++;
    }
    int code = digits(text, start);
    return code >= 227 && code <= 229 ? code : 0;
  }

  private static int digits(byte[] text, int start) {
    if (start + 3 > text.length) {
      return 0;
    }
    int code = 0;
    for (int i = start; i < start + 3; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return 0;
      }
      code = code * 10 + (text[i] - '0');
    }
    return code;
  }

  private static byte[] withoutTelnet(byte[] raw) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      int b = raw[i] & 0xff;
      if (b == IAC && i + 1 < raw.length) {
        i += (raw[i + 1] & 0xff) >= FIRST_WITH_OPTION && (raw[i + 1] & 0xff) != IAC ? 2 : 1;
      } else if (b != 0) {
        text.write(b);
      }
    }
    return text.toByteArray();
  }
}
