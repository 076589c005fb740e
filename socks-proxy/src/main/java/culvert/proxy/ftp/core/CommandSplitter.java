package culvert.proxy.ftp.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Cuts a client's bytes into commands, wherever the network has cut them. Lines end with LF; the
 * CRs before it are stripped, all of them, as servers do; empty lines are dropped, for servers
 * disagree on whether to answer them.
 *
 * <p>Telnet commands (RFC 854) before a verb are dropped: clients put {@code IAC IP, IAC DM} before
 * {@code ABOR}, and servers that miss the urgent mark take them for a part of the verb. Anywhere
 * else such bytes are somebody's letters: Russian file names begin with them, and passwords may.
 */
public final class CommandSplitter {
  /** The longest line without its terminator. */
  public static final int MAX_LINE = 8 * 1024;

  private static final int IAC = 0xff;
  private static final int FIRST_TELNET_COMMAND = 0xf0;
  private static final int WILL = 0xfb;
  private static final int DONT = 0xfe;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final Set<String> HTTP_METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI");

  private enum Telnet {
    DATA,
    AFTER_IAC,
    /** WILL, WONT, DO and DONT are followed by an option. */
    OPTION
  }

  private final List<ClientInput> found = new ArrayList<>();
  private byte[] line = new byte[256];
  private int length;
  private Telnet telnet = Telnet.DATA;
  private boolean anyByte;
  private boolean anyLine;
  private boolean violated;

  /** The commands that these bytes complete, in order; a violation is the last thing ever found. */
  public List<ClientInput> feed(byte[] chunk) {
    for (int i = 0; i < chunk.length && !violated; i++) {
      int b = chunk[i] & 0xff;
      if (!anyByte && b == TLS_HANDSHAKE) {
        violate(ClientInput.Violation.NOT_FTP);
      } else {
        anyByte = true;
        telnet(b);
      }
    }
    List<ClientInput> result = List.copyOf(found);
    found.clear();
    return result;
  }

  /** Overwrites an unfinished line, which may be a password. */
  public void wipe() {
    Arrays.fill(line, (byte) 0);
    length = 0;
  }

  private void telnet(int b) {
    switch (telnet) {
      case DATA -> {
        if (b == IAC && length == 0) {
          telnet = Telnet.AFTER_IAC;
        } else {
          data(b);
        }
      }
      case AFTER_IAC -> {
        if (b >= WILL && b <= DONT) {
          telnet = Telnet.OPTION;
          return;
        }
        telnet = Telnet.DATA;
        if (b == IAC || b < FIRST_TELNET_COMMAND) {
          data(IAC); // no telnet command, and no verb either
          data(b);
        }
      }
      case OPTION -> telnet = Telnet.DATA;
    }
  }

  private void data(int b) {
    if (violated) {
      return;
    }
    if (b == '\n') {
      endOfLine();
    } else if (b == 0) {
      violate(ClientInput.Violation.NUL);
    } else if (length > MAX_LINE || (length == MAX_LINE && b != '\r')) {
      violate(ClientInput.Violation.TOO_LONG);
    } else {
      append((byte) b);
    }
  }

  private void append(byte b) {
    if (length == line.length) {
      byte[] longer = Arrays.copyOf(line, line.length * 2);
      Arrays.fill(line, (byte) 0);
      line = longer;
    }
    line[length++] = b;
  }

  private void endOfLine() {
    int end = length;
    while (end > 0 && line[end - 1] == '\r') {
      end--;
    }
    if (end > 0) {
      Command command = new Command(Arrays.copyOf(line, end));
      if (!anyLine && HTTP_METHODS.contains(command.verb())) {
        violate(ClientInput.Violation.NOT_FTP);
        return;
      }
      anyLine = true;
      found.add(command);
    }
    Arrays.fill(line, 0, length, (byte) 0);
    length = 0;
  }

  private void violate(ClientInput.Violation violation) {
    violated = true;
    found.add(violation);
    wipe();
  }
}
