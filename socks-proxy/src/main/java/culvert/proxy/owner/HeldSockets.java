package culvert.proxy.owner;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that a process holds. The links in {@code /proc/PID/fd} are for its user and for
 * those who may read any file; with CAP_SYS_PTRACE alone {@code /proc/PID/fdinfo} can be read,
 * which since Linux 5.14 has inode numbers. Those are sockets' where the mount is that of sockets,
 * the same one for all processes.
 *
 * <p>Not thread-safe.
 */
final class HeldSockets {
  private static final Pattern LINK = Pattern.compile("socket:\\[(\\d{1,18})]");
  private static final Pattern MOUNT = Pattern.compile("(?m)^mnt_id:\\s*(\\d+)$");
  private static final Pattern INODE = Pattern.compile("(?m)^ino:\\s*(\\d{1,18})$");

  private final Path proc;
  private @Nullable String mount; // as our own sockets show it

  /**
   * @param proc {@code /proc}
   */
  HeldSockets(Path proc) {
    this.proc = proc;
  }

  /**
   * Their inode numbers.
   *
   * @param process {@code /proc/PID}
   * @throws AccessDeniedException it may not be looked at
   * @throws IOException it has ended
   */
  Set<Long> of(Path process) throws IOException {
    try {
      return linked(process);
    } catch (AccessDeniedException e) {
      return numbered(process);
    }
  }

  private static Set<Long> linked(Path process) throws IOException {
    Set<Long> inodes = new HashSet<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        inode(descriptor).ifPresent(inodes::add);
      }
    }
    return inodes;
  }

  private static Optional<Long> inode(Path descriptor) {
    try {
      Matcher socket = LINK.matcher(Files.readSymbolicLink(descriptor).toString());
      return socket.matches() ? Optional.of(Long.valueOf(socket.group(1))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // closed meanwhile
    }
  }

  /** By the numbers alone. */
  Set<Long> numbered(Path process) throws IOException {
    Set<Long> inodes = new HashSet<>();
    Path directory = process.resolve("fdinfo");
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory)) {
      for (Path descriptor : descriptors) {
        String shown = shown(descriptor);
        Matcher inode = INODE.matcher(shown);
        if (inode.find()) {
          if (mount(shown).equals(ofSockets())) {
            inodes.add(Long.valueOf(inode.group(1)));
          }
        } else if (!shown.isEmpty()) {
          throw new AccessDeniedException(directory.toString(), null, "Linux before 5.14");
        }
      }
    }
    return inodes;
  }

  private static String shown(Path descriptor) throws IOException {
    try {
      return Files.readString(descriptor);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static Optional<String> mount(String shown) {
    Matcher found = MOUNT.matcher(shown);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  private Optional<String> ofSockets() throws IOException {
    if (mount == null) {
      Path self = proc.resolve("self");
      try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(self.resolve("fd"))) {
        for (Path descriptor : descriptors) {
          if (inode(descriptor).isPresent()) {
            String number = String.valueOf(descriptor.getFileName());
            mount = mount(shown(self.resolve("fdinfo").resolve(number))).orElse(mount);
          }
        }
      }
    }
    return Optional.ofNullable(mount);
  }
}
