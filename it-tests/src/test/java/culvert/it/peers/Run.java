package culvert.it.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A finished run of a program. */
public record Run<T>(int exitCode, T output, String errors) {

  /** Runs a program that prints text. */
  public static Run<String> text(Duration deadline, List<String> command) {
    return run(deadline, command, Run::readText);
  }

  /** Runs a program and digests what it prints. */
  public static Run<Sha256> digest(Duration deadline, List<String> command) {
    return run(deadline, command, Sha256::of);
  }

  private static <T> Run<T> run(
      Duration deadline, List<String> command, Function<InputStream, T> reader) {
    Process process = start(new ProcessBuilder(command));
    try {
      CompletableFuture<T> output =
          CompletableFuture.supplyAsync(
              () -> reader.apply(process.getInputStream()), Run::inThread);
      CompletableFuture<String> errors =
          CompletableFuture.supplyAsync(() -> readText(process.getErrorStream()), Run::inThread);
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + deadline + ": " + command);
      }
      return new Run<>(process.exitValue(), output.join(), errors.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + command, e);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Starts a program that serves until it is ended; it does not outlive this process.
   *
   * @param output what it prints is added there: a pipe that nobody reads would stop it when full
   */
  static Process serve(List<String> command, Path output) {
    return start(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile())));
  }

  private static Process start(ProcessBuilder program) {
    try {
      Process process = program.redirectInput(Path.of("/dev/null").toFile()).start();
      endWithThisProcess(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has a process killed when this one ends, whatever ends it but SIGKILL. */
  public static void endWithThisProcess(Process process) {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "kill-peer"));
    } catch (IllegalStateException shutdownHasBegun) {
      process.destroyForcibly();
      throw shutdownHasBegun;
    }
  }

  private static void inThread(Runnable task) {
    Thread thread = new Thread(task, "process-output");
    thread.setDaemon(true);
    thread.start();
  }

  private static String readText(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
