package culvert.proxy.capture;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of this host's administration, which speaks English. Blocks; thread-safe. */
record HostProgram(Path path) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * What it has left behind.
   *
   * @param output what it has printed, be it an error
   */
  record Ended(int status, String output) {}

  /** The one of that name: in {@code $PATH}, or where it is although users do not look there. */
  static Optional<HostProgram> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(File.pathSeparator, -1)), Stream.of("/usr/sbin", "/sbin"))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(HostProgram::new);
  }

  private String name() {
    return path.getFileName().toString();
  }

  /** A command line of it. */
  ProcessBuilder command(String... arguments) {
    List<String> line = new ArrayList<>(List.of(path.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("LC_ALL", "C");
    return builder.redirectErrorStream(true);
  }

  /**
   * Runs it.
   *
   * @throws IOException it could not be run, or has not ended
   */
  Ended run(String input, String... arguments) throws IOException {
    Process process = command(arguments).start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS); // what it says is better
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(name() + ": no answer within " + PATIENCE.toSeconds() + " s");
      }
      return new Ended(process.exitValue(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(name() + ": interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
