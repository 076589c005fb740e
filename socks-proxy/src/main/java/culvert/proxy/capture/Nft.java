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
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program nft(8), started anew for each question. Blocks; thread-safe. */
public final class Nft {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String NO_SUCH = "No such file or directory";
  private static final String FORBIDDEN = "Operation not permitted";

  private final Path program;

  /**
   * @param program what is run
   */
  public Nft(Path program) {
    this.program = program;
  }

  /** The one on this host: in {@code $PATH}, or where it is although users do not look there. */
  public static Optional<Nft> find() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(File.pathSeparator, -1)), Stream.of("/usr/sbin", "/sbin"))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, "nft"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Nft::new);
  }

  /**
   * The host's.
   *
   * @throws IOException which says that there is none
   */
  static Nft require(CaptureHost host) throws IOException {
    return host.nft()
        .orElseThrow(
            () ->
                new IOException("capture: there is no nft here (expected: the package nftables)"));
  }

  /** A command line of it. */
  ProcessBuilder command(String... arguments) {
    List<String> line = new ArrayList<>(List.of(program.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  /**
   * Carries all of them out, or none.
   *
   * @throws IOException what nft has against them
   */
  public void load(List<String> commands) throws IOException {
    run(String.join("\n", commands) + "\n", "-f", "-");
  }

  /**
   * Asks the kernel whether it would take them.
   *
   * @throws IOException what it has against them
   */
  public void check(List<String> commands) throws IOException {
    run(String.join("\n", commands) + "\n", "-c", "-f", "-");
  }

  /** The table of the plan as it is loaded; empty: it is not. */
  public Optional<String> table() throws IOException {
    try {
      return Optional.of(run("", "list", "table", "inet", "culvert"));
    } catch (NoSuchException e) {
      return Optional.empty();
    }
  }

  private String run(String input, String... arguments) throws IOException {
    Process process = command(arguments).redirectErrorStream(true).start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS); // what it says is better
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("nft: no answer within " + PATIENCE.toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        throw failure(output);
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("nft: interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** What it has printed instead of an answer. */
  static RefusedException failure(String output) {
    String message =
        output
            .lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).contains("error"))
            .findFirst()
            .or(() -> output.lines().findFirst())
            .orElse("failed without a word")
            .strip();
    if (output.contains(FORBIDDEN)) {
      return new RefusedException(
          FORBIDDEN + " (expected: CAP_NET_ADMIN, and no other Culvert that captures)");
    }
    return output.contains(NO_SUCH) ? new NoSuchException(message) : new RefusedException(message);
  }

  /** It has carried nothing out, and says why. */
  static class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super("nft: " + message);
    }
  }

  /** What the commands are about is not there. */
  static final class NoSuchException extends RefusedException {
    private static final long serialVersionUID = 1L;

    NoSuchException(String message) {
      super(message);
    }
  }
}
