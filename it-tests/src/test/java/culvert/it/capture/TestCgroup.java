package culvert.it.capture;

import static org.awaitility.Awaitility.await;

import culvert.it.peers.Precondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A cgroup of this machine's. */
final class TestCgroup implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Path directory;

  private TestCgroup(Path directory) {
    this.directory = directory;
  }

  /** Makes one. */
  static TestCgroup make() throws IOException {
    return makeIfPossible().orElseThrow(TestCgroup::missing);
  }

  /** What a test that needs one throws where none can be made. */
  static RuntimeException missing() {
    return Precondition.missing("no cgroups of version 2 that can be made");
  }

  /** Makes one where there are cgroups of version 2, and they are writable. */
  static Optional<TestCgroup> makeIfPossible() throws IOException {
    Optional<Path> root = root();
    if (root.isEmpty()) {
      return Optional.empty();
    }
    String name = "culvert-it-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    return Optional.of(new TestCgroup(Files.createDirectory(root.get().resolve(name))));
  }

  private static Optional<Path> root() throws IOException {
    return Files.readString(Path.of("/proc/self/mountinfo"))
        .lines()
        .filter(line -> line.contains(" - cgroup2 "))
        .map(line -> Path.of(line.split(" ", -1)[4]))
        .filter(Files::isWritable)
        .findFirst();
  }

  /** As a configuration has it. */
  String name() {
    return directory.getFileName().toString();
  }

  /** The words before a command that is to run in it. */
  List<String> within() {
    return List.of("sh", "-c", "echo $$ >" + directory + "/cgroup.procs && exec \"$@\"", "sh");
  }

  /** Makes another one of the same name in its place. */
  void remake() throws IOException {
    close();
    Files.createDirectory(directory);
  }

  /** Its processes end a moment after their clients have been closed. */
  @Override
  public void close() {
    await()
        .atMost(DEADLINE)
        .ignoreExceptions()
        .until(
            () -> {
              Files.deleteIfExists(directory);
              return !Files.exists(directory);
            });
  }
}
