package culvert.it.compat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running client program with commands on its standard input; all its output is in one file. */
final class Session implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(25);

  private static final String OUTPUT = "output-";

  private final Process process;
  private final Path output;

  private Session(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts a program in a directory, with SIGINT as it is in a terminal, whatever it is here. */
  static Session start(Path directory, List<String> program) throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(program);
    Path output = Files.createTempFile(directory, OUTPUT, "");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Session(process, output);
  }

  /** Runs a program that needs no commands, to a good end; returns what it said. */
  static String run(Path directory, List<String> program) throws Exception {
    try (Session session = start(directory, program)) {
      return session.end();
    }
  }

  /** Runs a program with all its commands at once, to a good end; returns what it said. */
  static String run(Path directory, List<String> program, List<String> commands) throws Exception {
    try (Session session = start(directory, program)) {
      session.say(commands);
      return session.end();
    }
  }

  /** What all the programs said that were started in a directory. */
  static String allSaidIn(Path directory) throws IOException {
    StringBuilder all = new StringBuilder();
    try (DirectoryStream<Path> outputs = Files.newDirectoryStream(directory, OUTPUT + "*")) {
      for (Path output : outputs) {
        all.append(read(output));
      }
    }
    return all.toString();
  }

  void say(List<String> commands) throws IOException {
    process.outputWriter(ISO_8859_1).write(String.join("\n", commands) + "\n");
    process.outputWriter(ISO_8859_1).flush();
  }

  /** Waits until so much of a file is there. */
  void awaitBytes(Path file, long bytes) {
    await("a download is under way: " + file.getFileName())
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive() || (Files.exists(file) && Files.size(file) >= bytes));
    if (!process.isAlive()) {
      throw new AssertionError("ended before it was interrupted: " + said());
    }
  }

  /** SIGINT, as Control-C does. */
  void interrupt() throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  /** No more commands; returns what it said, if its exit code is 0. */
  String end() throws Exception {
    int code = exitCode();
    if (code != 0) {
      throw new AssertionError("exit code " + code + ": " + said());
    }
    return said();
  }

  int exitCode() throws Exception {
    process.outputWriter(ISO_8859_1).close();
    if (!process.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + DEADLINE + ": " + said());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private String said() {
    return read(output);
  }

  private static String read(Path output) {
    try {
      return new String(Files.readAllBytes(output), ISO_8859_1);
    } catch (IOException e) {
      return "(" + e + ")";
    }
  }
}
