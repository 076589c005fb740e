package culvert.packages;

import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.Precondition;
import culvert.it.peers.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * This machine once more, to install packages on: its files under an overlay that is thrown away,
 * its network or another, and a real systemd as PID 1, in namespaces of its own. Needs root, and a
 * kernel that gives namespaces to it.
 */
final class Machine implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  private final Path directory;
  private final Process outside;
  private final String systemd;

  private Machine(Path directory, Process outside, String systemd) {
    this.directory = directory;
    this.outside = outside;
    this.systemd = systemd;
  }

  /** Boots it. */
  static Machine boot(Path directory) throws IOException {
    return boot(directory, List.of());
  }

  /** The same in a network of its own. */
  static Machine boot(Path directory, NetworkNamespace network) throws IOException {
    return boot(directory, network.command(List.of()));
  }

  private static Machine boot(Path directory, List<String> within) throws IOException {
    Path script = Files.createDirectories(directory).resolve("machine.sh");
    try (InputStream in = Machine.class.getResourceAsStream("machine.sh")) {
      Files.copy(in, script);
    }
    Run<String> allowed =
        Run.text(DEADLINE, List.of("unshare", "--mount", "--pid", "--fork", "true"));
    if (allowed.exitCode() != 0) {
      throw Precondition.missing("no namespaces here: " + allowed.errors());
    }
    Path log = directory.resolve("machine.log");
    List<String> command = new ArrayList<>(within);
    command.addAll(List.of("unshare", "--mount", "bash", script.toString(), directory.toString()));
    Process outside = new ProcessBuilder(command).redirectError(log.toFile()).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(outside.getInputStream(), StandardCharsets.UTF_8));
    String systemd = out.readLine();
    if (systemd == null || systemd.isEmpty()) {
      outside.destroy();
      throw new IOException("the machine does not boot: " + Files.readString(log));
    }
    return new Machine(directory, outside, systemd);
  }

  /** A directory of both; {@code /run/shared} there. */
  Path shared() {
    return directory.resolve("shared");
  }

  /** Runs a program there. */
  Run<String> run(String... command) {
    List<String> inside = new ArrayList<>(List.of("nsenter", "-t", systemd, "-a"));
    inside.addAll(List.of(command));
    return Run.text(DEADLINE, inside);
  }

  /** Runs a program there that must succeed, and returns what it prints. */
  String does(String... command) {
    Run<String> run = run(command);
    if (run.exitCode() != 0) {
      throw new AssertionError(
          "%s exits with %d: %s%s%n%s"
              .formatted(
                  List.of(command),
                  run.exitCode(),
                  run.output(),
                  run.errors(),
                  run("journalctl", "--no-pager", "-n", "50", "-u", "culvert").output()));
    }
    return run.output().strip();
  }

  /** Runs a line of shell there that must succeed. */
  String shell(String line) {
    return does("bash", "-c", line);
  }

  /** Puts a file there. */
  void write(String file, String content) throws IOException {
    Path passed = Files.createTempFile(shared(), "file", "");
    Files.writeString(passed, content);
    shell(
        "mkdir -p \"$(dirname %1$s)\" && cat /run/shared/%2$s >%1$s"
            .formatted(file, passed.getFileName()));
    Files.delete(passed);
  }

  @Override
  public void close() throws IOException {
    outside.getOutputStream().close();
    try {
      if (!outside.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the machine does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      outside.destroyForcibly();
    }
  }
}
