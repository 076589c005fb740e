package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.proxy.pin.PinFile;
import culvert.proxy.pin.PinList;
import culvert.proxy.state.StateDirectory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code culvert pins}. */
@Command(
    name = "pins",
    description = {
      "Lists what was once tunnelled, and through which SSH server.",
      "Such destinations are not connected in plaintext because that server cannot be",
      "reached."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert pins -c culvert.yaml|@"})
final class PinsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ConfigOption configOption;

  PinsCommand(Terminal terminal) {
    this.terminal = terminal;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    return configOption.use(this::list);
  }

  private int list(CulvertConfig config) throws IOException {
    PinFile file = new PinFile(new StateDirectory(config.stateDirectory()));
    configOption.sayWhich(file.path());
    if (!file.exists()) {
      return ExitCode.OK;
    }
    PinList pins = file.read();
    pins.pins().forEach(terminal.out()::println);
    List<String> problems = pins.problems();
    problems.forEach(problem -> terminal.err().println("culvert: " + problem));
    return problems.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
