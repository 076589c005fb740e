package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.ReplyLine.NO_CODE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a server's bytes into lines and follows multi-line replies (RFC 959 section 4.2): after
 * {@code 230-} everything belongs to the reply until a line that begins with {@code 230} and a
 * space, whatever else the lines in between look like.
 *
 * <p>Any three digits at the start of a line are a code, those that no RFC knows as well: clients
 * take them for one. Telnet commands around them are passed over, as lftp does.
 */
public final class ReplySplitter {
  /** The longest line with its terminator. */
  public static final int MAX_LINE = 64 * 1024;

  private static final int IAC = 0xff;
  private static final int WILL = 0xfb;
  private static final int DONT = 0xfe;

  private byte[] line = new byte[256];
  private int length;
  private int open = NO_CODE; // of the multi-line reply that we are in
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

  /** Whether a part of a line has come. */
  public boolean isWithinLine() {
    return length > 0;
  }

  /** The server's EOF: what it has said last, without an end of line, if anything. */
  public Optional<ReplyLine> end() {
    if (length == 0) {
      return Optional.empty();
    }
    byte[] rest = Arrays.copyOf(line, length);
    length = 0;
    return Optional.of(classify(rest));
  }

  /**
   * The client takes the reply for ended, as some do at a line with another code and a space: the
   * next line begins another one. Does nothing outside a multi-line reply.
   */
  public void closeReply() {
    open = NO_CODE;
  }

  private ReplyLine classify(byte[] raw) {
    byte[] head = head(raw);
    int code = ReplyLine.codeAt(head, 0);
    byte separator = head[3];
    if (open != NO_CODE) {
      int reply = open;
      boolean last = code == open && separator != '-'; // as most clients have it
      if (last) {
        open = NO_CODE;
      }
      return new ReplyLine(
          reply, last, !last && ReplyLine.isDigit(head[0]) && separator != '-', raw);
    }
    if (code != NO_CODE && separator == '-') {
      open = code;
      return new ReplyLine(code, false, false, raw);
    }
    return new ReplyLine(code, code != NO_CODE, false, raw);
  }

  /** The first four bytes without telnet commands; what is missing counts as the line's end. */
  static byte[] head(byte[] raw) {
    byte[] head = {'\n', '\n', '\n', '\n'};
    int found = 0;
    for (int i = 0; i < raw.length && found < head.length; i++) {
      int b = raw[i] & 0xff;
      int command = b == IAC && i + 1 < raw.length ? raw[i + 1] & 0xff : 0;
      if (command >= WILL && command <= DONT) {
        i += 2; // with its option
      } else if (command > 0 && command != IAC) {
        i++;
      } else {
        head[found++] = raw[i];
      }
    }
    return head;
  }
}
