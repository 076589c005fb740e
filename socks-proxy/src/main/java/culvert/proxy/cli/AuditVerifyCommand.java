package culvert.proxy.cli;

import culvert.proxy.audit.TrailCheck;
import culvert.proxy.audit.TrailReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert audit verify}. */
@Command(
    name = "verify",
    description = {
      "Says whether the audit trail is whole.",
      "Follows its chain to where lines were taken out, changed or moved, and exits with 1",
      "then, or if there is none. What was taken off its end shows only against a hash that was",
      "kept elsewhere, as culvert audit head prints it."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert audit verify --head HASH|@"})
final class AuditVerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final TrailOption trail;

  @Option(
      names = "--head",
      paramLabel = "HASH",
      split = ",",
      description = "A line with this hash has to be there; perhaps several, with commas.")
  private List<String> heads = List.of();

  AuditVerifyCommand(Terminal terminal) {
    this.terminal = terminal;
    trail = new TrailOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    return trail.use(this::verify);
  }

  private int verify(TrailReader reader) {
    TrailCheck check = new TrailCheck(heads);
    for (Path file : reader.files()) {
      try {
        reader.read(file, check::line);
      } catch (IOException e) {
        check.unreadable(String.valueOf(e.getMessage()));
      }
    }
    List<String> faults = check.faults();
    boolean whole = faults.isEmpty() && !reader.files().isEmpty();
    faults.forEach(terminal.out()::println);
    terminal
        .out()
        .println(
            "%s: %d lines of %d runs in %d files%s%s"
                .formatted(
                    whole ? "ok" : "not whole",
                    check.lines(),
                    check.boots(),
                    reader.files().size(),
                    check.hosts().size() > 1 ? ", on " + String.join(", ", check.hosts()) : "",
                    heads.isEmpty() ? " (what was taken off the end shows only with --head)" : ""));
    return whole ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
