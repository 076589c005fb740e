package culvert.proxy.cli;

import culvert.proxy.audit.TrailCheck;
import culvert.proxy.audit.TrailReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert audit verify}. */
@Command(
    name = "verify",
    description = {
      "Follows the chain of the audit trail: says where lines were taken out, changed or moved,",
      "and exits with 1 then. What was taken off its end shows only against a hash that was",
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
      description = "A line with this hash has to be there.")
  private @Nullable String head;

  AuditVerifyCommand(Terminal terminal) {
    this.terminal = terminal;
    trail = new TrailOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Optional<List<Path>> files = trail.files();
    if (files.isEmpty()) {
      return ExitCode.USAGE;
    }
    TrailCheck check = new TrailCheck(head == null ? null : head.toLowerCase(Locale.ROOT));
    for (Path file : files.get()) {
      TrailReader.read(file, check::line);
    }
    List<String> faults = check.faults();
    faults.forEach(terminal.out()::println);
    terminal
        .out()
        .println(
            "%s: %d lines of %d runs in %d files%s"
                .formatted(
                    faults.isEmpty() ? "ok" : "not whole",
                    check.lines(),
                    check.boots(),
                    files.get().size(),
                    head == null ? " (what was taken off the end shows only with --head)" : ""));
    return faults.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
