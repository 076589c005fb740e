package culvert.it.nemesis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sockets of processes, as Linux's {@code /proc} tells of them. */
final class Leftovers {
  private static final String LISTENS = "0A";

  private Leftovers() {}

  /** The sockets that a process has open, by inode. */
  static Set<String> sockets(long pid) {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return descriptors
          .map(Leftovers::target)
          .filter(target -> target.startsWith("socket:["))
          .map(target -> target.substring("socket:[".length(), target.length() - 1))
          .collect(Collectors.toSet());
    } catch (IOException | java.io.UncheckedIOException hasEnded) {
      return Set.of();
    }
  }

  /** How many TCP ports these processes listen on: what remote forwards are to sshd. */
  static int listeners(Iterable<ProcessHandle> processes) throws IOException {
    Set<String> listening = new HashSet<>();
    for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
      for (String line : Files.readAllLines(Path.of(table), US_ASCII)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length > 9 && words[3].equals(LISTENS)) {
          listening.add(words[9]);
        }
      }
    }
    Set<String> held = new HashSet<>();
    processes.forEach(process -> held.addAll(sockets(process.pid())));
    held.retainAll(listening);
    return held.size();
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedInBetween) {
      return "";
    }
  }
}
