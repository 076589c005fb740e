package culvert.proxy.cli;

import culvert.config.AuditSettings;
import culvert.config.CulvertConfig;
import culvert.proxy.audit.TrailReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The files of the audit trail that a command reads. */
final class TrailOption {
  private final Terminal terminal;

  @Mixin private final ConfigOption configOption;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = {
        "Files of a trail, compressed ones too (default: all of the configured trail's)."
      })
  private List<Path> files = List.of();

  TrailOption(Terminal terminal) {
    this.terminal = terminal;
    configOption = new ConfigOption(terminal);
  }

  /** What a command does with a trail. */
  interface Use {
    /** Gives the exit code. */
    int of(TrailReader trail) throws IOException;
  }

  /**
   * Uses the trail unless the configuration that tells it has errors. Prints those, which trail it
   * is where the user has named neither files nor a configuration, and that there is none.
   *
   * @return the exit code
   * @throws IOException with a message for the user
   */
  int use(Use use) throws IOException {
    return files.isEmpty()
        ? configOption.use(config -> use.of(configured(config)))
        : use.of(TrailReader.of(files));
  }

  private TrailReader configured(CulvertConfig config) throws IOException {
    Optional<Path> trail = config.audit().map(AuditSettings::file);
    if (trail.isEmpty()) {
      throw new IOException(
          configOption.name() + ": audit: off: no trail is kept (expected: FILE...)");
    }
    Path file = trail.get();
    configOption.sayWhich(file);
    TrailReader reader = TrailReader.of(file);
    if (reader.files().isEmpty()) {
      terminal.err().println("culvert: no audit trail: " + file + " is not there");
    }
    return reader;
  }
}
