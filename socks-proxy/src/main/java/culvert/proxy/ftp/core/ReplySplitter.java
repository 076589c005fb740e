package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a server's bytes into lines and follows multi-line replies (RFC 959 section 4.2): after
 * {@code 230-} everything belongs to the reply until a line that begins with {@code 230} and a
 * space, whatever else the lines in between look like.
 */
public final class ReplySplitter {
  /** The longest line with its terminator. */
  public static final int MAX_LINE = 64 * 1024;

  private byte[] line = new byte[256];
  private int length;
  private int open; // the code of the multi-line reply that we are in, else 0
  private boolean broken;

  /** The lines that these bytes complete, in order; none any more once {@link #broken}. */
  public List<ReplyLine> feed(byte[] chunk) {
    List<ReplyLine> lines = new ArrayList<>();
    for (int i = 0; i < chunk.length && !broken; i++) {
      if (length == MAX_LINE) {
        broken = true;
        length = 0;
        break;
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, line.length * 2);
      }
      line[length++] = chunk[i];
      if (chunk[i] == '\n') {
        lines.add(classify(Arrays.copyOf(line, length)));
        length = 0;
      }
    }
    return lines;
  }

  /** Whether a line went past {@link #MAX_LINE}: the server can no longer be followed. */
  public boolean broken() {
    return broken;
  }

  private ReplyLine classify(byte[] raw) {
    int code = code(raw);
    byte separator = raw.length > 3 ? raw[3] : (byte) '\n';
    boolean ends = separator == ' ' || separator == '\r' || separator == '\n';
    if (open != 0) {
      int reply = open;
      boolean last = code == open && ends;
      if (last) {
        open = 0;
      }
      return new ReplyLine(reply, last, raw);
    }
    if (code == 0) {
      return new ReplyLine(0, false, raw);
    }
    if (separator == '-') {
      open = code;
      return new ReplyLine(code, false, raw);
    }
    return new ReplyLine(code, true, raw);
  }

  /** The three digits that the line begins with, else 0. */
  private static int code(byte[] raw) {
    if (raw.length < 4 || raw[0] < '1' || raw[0] > '6') {
      return 0;
    }
    int code = 0;
    for (int i = 0; i < 3; i++) {
      if (raw[i] < '0' || raw[i] > '9') {
        return 0;
      }
      code = code * 10 + (raw[i] - '0');
    }
    return raw[3] >= '0' && raw[3] <= '9' ? 0 : code;
  }
}
