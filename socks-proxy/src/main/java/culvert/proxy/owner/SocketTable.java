package culvert.proxy.owner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The kernel's tables of TCP sockets, {@code /proc/net/tcp} and {@code tcp6}. To print them the
 * kernel walks a hash table that is large even when it is almost empty, so they are read no further
 * than to what is looked for. An IPv4 connection may stand in either, after the kind of socket that
 * the client uses: the table of the last one is read first.
 *
 * <p>Not thread-safe: one scan at a time.
 */
final class SocketTable {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final boolean[] TCP_FIRST = {false, true};
  private static final boolean[] TCP6_FIRST = {true, false};

  private final Path tcp;
  private final Path tcp6;
  private boolean tcp6First;

  /**
   * @param proc {@code /proc}
   */
  SocketTable(Path proc) {
    this.tcp = proc.resolve("net/tcp");
    this.tcp6 = proc.resolve("net/tcp6");
  }

  boolean isReadable() {
    return Files.isReadable(tcp);
  }

  /**
   * The owners of the sockets that still belong to a process. Looks twice, since the kernel may
   * skip one while others go.
   */
  Map<Connection, SocketOwner> find(Set<Connection> connections) {
    Map<Connection, SocketOwner> found = new HashMap<>();
    for (int look = 0; look < 2 && found.size() < connections.size(); look++) {
      for (boolean six : tcp6First ? TCP6_FIRST : TCP_FIRST) {
        int before = found.size();
        if (six) {
          scan(tcp6, inTcp6(connections, found), found);
        } else {
          scan(tcp, inTcp(connections, found), found);
        }
        if (found.size() > before) {
          tcp6First = six;
        }
      }
    }
    return found;
  }

  private static SocketLines inTcp(
      Set<Connection> connections, Map<Connection, SocketOwner> found) {
    SocketLines lines = new SocketLines();
    for (Connection connection : connections) {
      if (!found.containsKey(connection)) {
        connection.inTcp(ORDER).ifPresent(columns -> lines.wants(connection, columns));
      }
    }
    return lines;
  }

  private static SocketLines inTcp6(
      Set<Connection> connections, Map<Connection, SocketOwner> found) {
    SocketLines lines = new SocketLines();
    for (Connection connection : connections) {
      if (!found.containsKey(connection)) {
        lines.wants(connection, connection.inTcp6(ORDER));
      }
    }
    return lines;
  }

  private static void scan(Path file, SocketLines lines, Map<Connection, SocketOwner> found) {
    if (lines.wantsNothing() || !Files.isReadable(file)) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      lines.read(in, found);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }
}
