package culvert.proxy.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The end of a command and of all that it has started: nobody but this process is left in this
 * network namespace. The command itself is waited for first, which costs next to nothing; only
 * while others outlive it are all processes looked at. Who has ended is not there any more,
 * although nobody has asked for its exit status yet: its caller may do that only when this process
 * has let go of the output that they share.
 */
final class CommandsEnd {
  private static final Path PROC = Path.of("/proc");
  private static final Duration LOOK_AT_ONE = Duration.ofMillis(250);
  private static final Duration LOOK_AT_ALL = Duration.ofSeconds(1);

  private CommandsEnd() {}

  /** Waits for it. Blocks. */
  static void await(long command) throws IOException, InterruptedException {
    while (!hasEnded(command)) {
      Thread.sleep(LOOK_AT_ONE.toMillis());
    }
    while (anybodyHere()) {
      Thread.sleep(LOOK_AT_ALL.toMillis());
    }
  }

  /** Whether none of its threads runs, be it that it still waits for its parent (a zombie). */
  static boolean hasEnded(long process) {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(PROC.resolve(process + "/task"))) {
      for (Path thread : threads) {
        if (runs(thread)) {
          return false;
        }
      }
      return true;
    } catch (IOException | DirectoryIteratorException e) {
      return true;
    }
  }

  /** By proc(5): behind the name, which may hold anything, is the state. */
  private static boolean runs(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean anybodyHere() throws IOException {
    Path here = Files.readSymbolicLink(PROC.resolve("self/ns/net"));
    String self = Long.toString(ProcessHandle.current().pid());
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (!process.getFileName().toString().equals(self) && isIn(here, process)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isIn(Path namespace, Path process) {
    Path own = namespaceOf(process);
    return own == null ? hasThreadIn(namespace, process) : own.equals(namespace);
  }

  /** A process without its first thread has no namespace of its own, and its others have. */
  private static boolean hasThreadIn(Path namespace, Path process) {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
      for (Path thread : threads) {
        if (namespace.equals(namespaceOf(thread))) {
          return true;
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException e) {
      return false;
    }
  }

  /** Null: it has ended, or is another user's. */
  private static @Nullable Path namespaceOf(Path task) {
    try {
      return Files.readSymbolicLink(task.resolve("ns/net"));
    } catch (IOException e) {
      return null;
    }
  }
}
