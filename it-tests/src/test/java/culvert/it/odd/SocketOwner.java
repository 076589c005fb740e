package culvert.it.odd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which process has the other end of a connection on this host (Linux). */
final class SocketOwner {
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int INODE = 9;
  private static final String CLOSED = "0";
  private static final int ATTEMPTS = 3; // a table that changes while it is read may lack a line

  private SocketOwner() {}

  /**
   * Its process; nothing, if it has closed the socket already.
   *
   * @param likely who is asked before all the others
   */
  static Optional<ProcessHandle> of(
      InetSocketAddress its, InetSocketAddress ours, List<ProcessHandle> likely)
      throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<String> inode = inode(hex(its), hex(ours));
      if (inode.isPresent()) {
        return inode
            .filter(number -> !number.equals(CLOSED))
            .flatMap(number -> process(number, likely));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inode(String local, String remote) throws IOException {
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] words = line.strip().split(" +", -1);
        // an IPv4 address ends the line's word where the socket is an IPv6 one, too
        if (words[LOCAL].endsWith(local) && words[REMOTE].endsWith(remote)) {
          return Optional.of(words[INODE]);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<ProcessHandle> process(String inode, List<ProcessHandle> likely) {
    String socket = "socket:[" + inode + "]";
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return Stream.concat(likely.stream(), all)
          .filter(process -> has(process, socket))
          .findFirst();
    }
  }

  private static boolean has(ProcessHandle process, String socket) {
    Path descriptors = Path.of("/proc/" + process.pid() + "/fd");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(descriptors)) {
      for (Path file : files) {
        if (isLink(file, socket)) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException ended) {
      return false;
    }
    return false;
  }

  private static boolean isLink(Path file, String to) {
    try {
      return Files.readSymbolicLink(file).toString().equals(to);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  /** As the kernel prints it: the bytes of the address as one number of this machine's order. */
  private static String hex(InetSocketAddress address) {
    byte[] bytes = address.getAddress().getAddress();
    return "%02X%02X%02X%02X:%04X"
        .formatted(bytes[3], bytes[2], bytes[1], bytes[0], address.getPort());
  }
}
