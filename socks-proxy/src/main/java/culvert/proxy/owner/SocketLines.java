package culvert.proxy.owner;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads lines of {@code /proc/net/tcp} until it has found what it wants, without making text of
 * those that it does not.
 *
 * <pre>
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm-&gt;when retrnsmt   uid  timeout inode
 *    0: 0100007F:D750 0100007F:0438 01 00000000:00000000 00:00000000 00000000   999        0 12345 1 ...
 * </pre>
 */
final class SocketLines {
  /** A read returns when it is full, so small ones stop early; many sockets want large ones. */
  private static final int FIRST_READ = 512;

  private static final int LARGEST_READ = 8192;
  private static final int COLUMNS_BETWEEN = 4; // from the remote address to the uid
  private static final int PORT_DIGITS = 4;

  private final Map<Connection, byte[]> wanted = new HashMap<>();
  private final BitSet ports = new BitSet();
  private int addressDigits;

  /**
   * @param columns the two addresses as the file has them; all of the same length
   */
  void wants(Connection connection, byte[] columns) {
    wanted.put(connection, columns);
    ports.set(connection.local().getPort());
    addressDigits = columns.length / 2 - PORT_DIGITS - 1;
  }

  boolean wantsNothing() {
    return wanted.isEmpty();
  }

  void read(InputStream in, Map<Connection, SocketOwner> found) throws IOException {
    byte[] buffer = new byte[2 * LARGEST_READ];
    int filled = 0;
    int size = FIRST_READ;
    while (!wantsNothing()) {
      int read = in.read(buffer, filled, Math.min(size, buffer.length - filled));
      if (read <= 0) {
        return; // the end, or a line that is longer than any
      }
      int end = filled + read;
      int start = 0;
      for (int i = filled; i < end; i++) {
        if (buffer[i] == '\n') {
          line(buffer, start, i, found);
          start = i + 1;
        }
      }
      System.arraycopy(buffer, start, buffer, 0, end - start);
      filled = end - start;
      size = Math.min(2 * size, LARGEST_READ);
    }
  }

  private void line(byte[] line, int start, int end, Map<Connection, SocketOwner> found) {
    int local = start;
    while (local < end && line[local] != ':') {
      local++;
    }
    local += 2;
    int port = local + addressDigits + 1;
    if (port + PORT_DIGITS > end || !ports.get(hex(line, port))) {
      return;
    }
    for (Map.Entry<Connection, byte[]> one : wanted.entrySet()) {
      byte[] columns = one.getValue();
      int behind = local + columns.length;
      if (behind <= end && Arrays.equals(line, local, behind, columns, 0, columns.length)) {
        owner(line, behind, end, one.getKey(), found);
        return;
      }
    }
  }

  /** An inode of 0 means that no process has the socket any more; the uid then says nothing. */
  private void owner(
      byte[] line, int at, int end, Connection connection, Map<Connection, SocketOwner> found) {
    String[] fields =
        new String(line, at, end - at, StandardCharsets.US_ASCII).trim().split(" +", -1);
    if (fields.length < COLUMNS_BETWEEN + 3) {
      return;
    }
    long uid = number(fields[COLUMNS_BETWEEN]);
    long inode = number(fields[COLUMNS_BETWEEN + 2]);
    if (uid >= 0 && inode > 0) {
      found.put(connection, new SocketOwner.Known(uid, inode));
      wanted.remove(connection);
    }
  }

  private static long number(String field) {
    return field.matches("[0-9]{1,18}") ? Long.parseLong(field) : -1;
  }

  /** The port, or one that nobody wants. */
  private static int hex(byte[] line, int at) {
    int value = 0;
    for (int i = at; i < at + PORT_DIGITS; i++) {
      int digit = Character.digit(line[i], 16);
      if (digit < 0) {
        return 0;
      }
      value = 16 * value + digit;
    }
    return value;
  }
}
