package culvert.proxy.cli;

import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code culvert demo}. */
@Command(
    name = "demo",
    description = "Shows a real FTP transfer through SOCKS and SSH, step by step.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert demo --once|@"})
final class DemoCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Signals signals;

  @Option(
      names = "--once",
      description = "Exit after the last step instead of staying up for your own client.")
  private boolean once;

  DemoCommand(Terminal terminal, Signals signals) {
    this.terminal = terminal;
    this.signals = signals;
  }

  @Override
  public Integer call() throws Exception {
    signals.survive("USR1", "a demo keeps no files");
    signals.survive("USR2", "a demo has no configuration");
    Optional<DemoProgram> program = ServiceLoader.load(DemoProgram.class).findFirst();
    if (program.isEmpty()) {
      terminal
          .err()
          .println(
              "culvert: the demo is not part of this installation;"
                  + " run ./culvert demo in the source tree");
      return ExitCode.SOFTWARE;
    }
    return program.get().run(once, terminal.out());
  }
}
