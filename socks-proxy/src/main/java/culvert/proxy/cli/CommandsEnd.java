package culvert.proxy.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The end of a command and of all that it has started: nobody but this process is left in this
 * network namespace. The command itself is waited for first, which costs next to nothing; only
 * while others outlive it are all processes looked at.
 */
final class CommandsEnd {
  private static final Path PROC = Path.of("/proc");
  private static final Duration LOOK = Duration.ofSeconds(1);

  private CommandsEnd() {}

  /** Waits for it. Blocks. */
  static void await(long command) throws IOException, InterruptedException {
    ProcessHandle.of(command).ifPresent(running -> running.onExit().join());
    while (anybodyHere()) {
      Thread.sleep(LOOK.toMillis());
    }
  }

  private static boolean anybodyHere() throws IOException {
    Path here = Files.readSymbolicLink(PROC.resolve("self/ns/net"));
    String self = Long.toString(ProcessHandle.current().pid());
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (!process.getFileName().toString().equals(self) && here.equals(namespace(process))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Null: it has ended, or is another user's. */
  private static @Nullable Path namespace(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/net"));
    } catch (IOException e) {
      return null;
    }
  }
}
