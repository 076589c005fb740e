package culvert.proxy.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code -v}, {@code -vv} and {@code --log-format}, before or behind the command. */
final class LogOptions {

  /** How log lines look. */
  enum Format {
    text,
    json
  }

  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private final Terminal terminal;
  private int verbosity;
  private Format format = Format.text;

  LogOptions(Terminal terminal) {
    this.terminal = terminal;
    apply();
  }

  @Option(
      names = "-v",
      scope = ScopeType.INHERIT,
      description = "Log the steps of the protocols; -vv: everything but packets and passwords.")
  void setVerbosity(boolean[] flags) {
    verbosity = flags.length;
    apply();
  }

  @Option(
      names = "--log-format",
      scope = ScopeType.INHERIT,
      paramLabel = "FORMAT",
      description = "text (default) or json, one object on each line.")
  void setFormat(Format chosen) {
    format = chosen;
    apply();
  }

  private void apply() {
    Logging.configure(
        terminal.log(),
        verbosity,
        format == Format.json
            ? new JsonLayout()
            : new TextLayout(Journal.reads(STANDARD_ERROR, terminal.environment())));
  }
}
