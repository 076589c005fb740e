package culvert.proxy.capture;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Who listens where, as {@code /proc/net/tcp} and {@code tcp6} have it. Blocks.
 *
 * <pre>
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm-&gt;when retrnsmt   uid  timeout inode
 *    0: 0100007F:0884 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 ...
 * </pre>
 *
 * @param proc {@code /proc}
 */
record ListeningSockets(Path proc) {
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int USER = 7;
  private static final String LISTENS = "0A";

  /**
   * Whether a socket listens there that this user has opened.
   *
   * @throws IOException that cannot be read
   */
  boolean has(InetSocketAddress address, long user) throws IOException {
    boolean six = address.getAddress() instanceof Inet6Address;
    String local = column(address);
    try (Stream<String> lines =
        Files.lines(proc.resolve(six ? "net/tcp6" : "net/tcp"), StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> line.strip().split(" +", -1))
          .anyMatch(
              fields ->
                  fields.length > USER
                      && fields[LOCAL].equals(local)
                      && fields[STATE].equals(LISTENS)
                      && fields[USER].equals(Long.toString(user)));
    }
  }

  /** The address in words of 32 bits, each in the machine's order. */
  private static String column(InetSocketAddress address) {
    ByteBuffer octets =
        ByteBuffer.wrap(address.getAddress().getAddress()).order(ByteOrder.nativeOrder());
    StringBuilder column = new StringBuilder();
    while (octets.hasRemaining()) {
      column.append(String.format(Locale.ROOT, "%08X", octets.getInt()));
    }
    return column.append(String.format(Locale.ROOT, ":%04X", address.getPort())).toString();
  }
}
