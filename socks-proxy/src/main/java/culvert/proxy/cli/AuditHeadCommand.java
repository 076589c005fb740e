package culvert.proxy.cli;

import culvert.proxy.audit.TrailCheck;
import culvert.proxy.audit.TrailReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code culvert audit head}. */
@Command(
    name = "head",
    description = {
      "Prints the hash of the audit trail's last line. Kept elsewhere, it lets",
      "culvert audit verify --head find out later whether the trail's end was taken off."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert audit head|@"})
final class AuditHeadCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final TrailOption trail;

  AuditHeadCommand(Terminal terminal) {
    this.terminal = terminal;
    trail = new TrailOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Optional<List<Path>> files = trail.files();
    if (files.isEmpty()) {
      return ExitCode.USAGE;
    }
    TrailCheck check = new TrailCheck();
    if (!files.get().isEmpty()) {
      TrailReader.read(files.get().get(files.get().size() - 1), check::line);
    }
    Optional<String> head = check.head();
    if (head.isEmpty()) {
      terminal.err().println("culvert: the audit trail is empty");
      return ExitCode.SOFTWARE;
    }
    terminal.out().println(head.get());
    return ExitCode.OK;
  }
}
