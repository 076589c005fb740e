package culvert.proxy.capture;

import culvert.proxy.service.OtherProgram;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program of this host's administration, which speaks English. Blocks; thread-safe.
 *
 * @param patience one that has not ended by then is killed
 */
record HostProgram(Path path, Duration patience) {
  private static final Logger LOG = LoggerFactory.getLogger(HostProgram.class);

  HostProgram(Path path) {
    this(path, Duration.ofSeconds(10));
  }

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
    ProcessBuilder builder = OtherProgram.command(line);
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
    CompletableFuture<Process> ended = OtherProgram.endWithin(patience, process);
    try {
      give(process, input);
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(ended.get().exitValue(), output);
    } catch (ExecutionException e) {
      throw new IOException(name() + ": no answer within " + patience.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(name() + ": interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private void give(Process process, String input) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.debug("{} has not read all of its input", name(), e); // what it says is better
    }
  }
}
