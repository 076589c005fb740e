package culvert.proxy.cli;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import culvert.filter.RuleCompiler;
import culvert.filter.RuleWarning;
import culvert.proxy.state.StateDirectory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code culvert check}. */
@Command(
    name = "check",
    description = "Reads the configuration and prints every problem, or ok.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert check -c culvert.yaml|@"})
final class CheckCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ConfigOption configOption;

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() {
    terminal.err().println("culvert: checking " + configOption.name());
    ConfigResult result = configOption.load();
    for (ConfigProblem problem : result.problems()) {
      terminal.out().println(problem);
    }
    if (!(result instanceof ConfigResult.Loaded loaded)) {
      return ExitCode.USAGE;
    }
    for (RuleWarning warning : RuleCompiler.compile(loaded.config()).warnings()) {
      terminal.out().println(warning);
    }
    if (needsState(loaded.config())) {
      new StateDirectory(loaded.config().stateDirectory())
          .problem()
          .ifPresent(
              problem -> terminal.out().println(configOption.name() + ": warning: " + problem));
    }
    terminal.out().println("ok");
    return ExitCode.OK;
  }

  private static boolean needsState(CulvertConfig config) {
    return config.pinTunnelled()
        || config
            .audit()
            .filter(audit -> audit.file().startsWith(config.stateDirectory()))
            .isPresent();
  }
}
