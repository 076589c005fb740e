package culvert.proxy.cli;

import culvert.proxy.audit.TrailReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code culvert audit head}. */
@Command(
    name = "head",
    description = {
      "Prints the hash of the last line of each of the audit trail's files.",
      "Kept elsewhere, they let culvert audit verify --head find out later whether a trail's end was taken off."
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
    return trail.use(this::heads);
  }

  private int heads(TrailReader files) throws IOException {
    List<String> heads = files.heads();
    if (heads.isEmpty()) {
      if (!files.files().isEmpty()) {
        terminal.err().println("culvert: the audit trail is empty");
      }
      return ExitCode.SOFTWARE;
    }
    heads.forEach(terminal.out()::println);
    return ExitCode.OK;
  }
}
