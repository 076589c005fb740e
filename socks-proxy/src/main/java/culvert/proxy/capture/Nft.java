package culvert.proxy.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The program nft(8), started anew for each question. Blocks; thread-safe. */
public final class Nft {
  private static final String NO_SUCH = "No such file or directory";
  private static final String FORBIDDEN = "Operation not permitted";

  private final HostProgram program;

  /**
   * @param program what is run
   */
  public Nft(Path program) {
    this(new HostProgram(program));
  }

  private Nft(HostProgram program) {
    this.program = program;
  }

  /** The one on this host; empty: it is not installed. */
  public static Optional<Nft> find() {
    return HostProgram.find("nft").map(Nft::new);
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
    return program.command(arguments);
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
    return table(CapturePlan.TABLE);
  }

  /**
   * The same of any table.
   *
   * @param name with its family
   */
  Optional<String> table(String name) throws IOException {
    try {
      return Optional.of(run("", ("list table " + name).split(" ", -1)));
    } catch (NoSuchException e) {
      return Optional.empty();
    }
  }

  private String run(String input, String... arguments) throws IOException {
    HostProgram.Ended ended = program.run(input, arguments);
    if (ended.status() != 0) {
      throw failure(ended.output());
    }
    return ended.output();
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
