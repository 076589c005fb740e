package culvert.proxy.cli;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.ConfigResult.Loaded;
import culvert.config.CulvertConfig;
import culvert.config.Written;
import culvert.proxy.audit.AuditJson;
import culvert.proxy.capture.CaptureHost;
import culvert.proxy.check.Machine;
import culvert.proxy.check.PlaintextWay;
import culvert.proxy.check.PlaintextWays;
import culvert.proxy.state.StateDirectory;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code culvert check}. */
@Command(
    name = "check",
    description = "Reads the configuration and prints every problem, or ok.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert check -c culvert.yaml|@"})
final class CheckCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Machine machine;
  private final CaptureHost host;

  @Mixin private final ConfigOption configOption;
  @Spec private CommandSpec spec = CommandSpec.create();
  @ArgGroup private final Instead instead = new Instead();

  @Option(names = "--json", description = "With --audit: one JSON object a line.")
  private boolean json;

  /** What is printed in place of warnings. */
  private static final class Instead {
    @Option(
        names = "--audit",
        description =
            "List every way in which FTP may go in plaintext, and what keeps it from that.")
    private boolean audit;

    @Option(
        names = "--effective",
        description = "Print the whole configuration with all defaults, as YAML.")
    private boolean effective;
  }

  CheckCommand(Terminal terminal, Machine machine, CaptureHost host) {
    this.terminal = terminal;
    this.machine = machine;
    this.host = host;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() {
    if (json && !instead.audit) {
      throw new ParameterException(spec.commandLine(), "--json: not without --audit");
    }
    terminal.err().println("culvert: checking " + configOption.name());
    ConfigResult result = configOption.load();
    boolean plain = !instead.audit && !instead.effective;
    for (ConfigProblem problem : result.problems()) {
      (plain ? terminal.out() : terminal.err()).println(problem);
    }
    if (!(result instanceof Loaded loaded)) {
      return ExitCode.USAGE;
    }
    if (instead.audit) {
      audit(PlaintextWays.of(loaded));
    } else if (instead.effective) {
      effective(loaded.written());
    } else {
      warn(loaded);
      terminal.out().println("ok");
    }
    return ExitCode.OK;
  }

  private void warn(Loaded loaded) {
    Warnings.of(loaded, machine, host).forEach(terminal.out()::println);
    if (needsState(loaded.config())) {
      new StateDirectory(loaded.config().stateDirectory())
          .problem()
          .ifPresent(
              problem -> terminal.out().println(configOption.name() + ": warning: " + problem));
    }
  }

  private static boolean needsState(CulvertConfig config) {
    return config.pinTunnelled()
        || config
            .audit()
            .filter(audit -> audit.file().startsWith(config.stateDirectory()))
            .isPresent();
  }

  private void effective(Written written) {
    String yaml = written.yaml();
    if (yaml.contains(Written.HIDDEN)) {
      terminal
          .err()
          .println(
              "culvert: "
                  + Written.HIDDEN
                  + " stands for a secret that stands in the file itself (expected: ${env:NAME} or"
                  + " ${file:/path})");
    }
    terminal.out().print(yaml);
    terminal.out().flush();
  }

  private void audit(List<PlaintextWay> ways) {
    for (PlaintextWay way : ways) {
      if (json) {
        terminal.out().println(line(way));
      } else {
        terminal
            .out()
            .println(
                way.location()
                    + ": "
                    + way.rule()
                    + ": "
                    + way.words()
                    + " ("
                    + way.remedy()
                    + ")");
      }
    }
    if (!json) {
      terminal
          .out()
          .println(
              ways.isEmpty()
                  ? "no FTP goes in plaintext"
                  : ways.size() + (ways.size() == 1 ? " way" : " ways") + " into plaintext");
    }
  }

  private static String line(PlaintextWay way) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("rule", way.rule());
    fields.put("action", way.action());
    fields.put("route", "plaintext");
    fields.put("why", way.why());
    fields.put("words", way.words());
    fields.put("remedy", way.remedy());
    fields.put("location", way.location().toString());
    return new String(AuditJson.encode(fields), StandardCharsets.UTF_8);
  }
}
