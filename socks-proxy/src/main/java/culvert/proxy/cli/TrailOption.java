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

  /**
   * Empty: the configuration has errors, which were printed. So is which trail it is where the user
   * has named neither files nor a configuration, and that there is none.
   *
   * @throws IOException with a message for the user
   */
  Optional<TrailReader> read() throws IOException {
    if (!files.isEmpty()) {
      return Optional.of(TrailReader.of(files));
    }
    Optional<CulvertConfig> config = configOption.read();
    if (config.isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> trail = config.get().audit().map(AuditSettings::file);
    if (trail.isEmpty()) {
      throw new IOException(
          configOption.name() + ": audit: off: no trail is kept (expected: FILE...)");
    }
    Path file = trail.get();
    configOption
        .found()
        .ifPresent(name -> terminal.err().println("culvert: " + file + ", as " + name + " says"));
    TrailReader reader = TrailReader.of(file);
    if (reader.files().isEmpty()) {
      terminal.err().println("culvert: no audit trail: " + file + " is not there");
    }
    return Optional.of(reader);
  }
}
