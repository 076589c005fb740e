package culvert.proxy.cli;

import culvert.config.CaptureConfig;
import culvert.config.CulvertConfig;
import culvert.proxy.capture.CaptureHost;
import culvert.proxy.capture.CaptureTable;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code culvert capture}. */
@Command(
    name = "capture",
    description = {
      "Has netfilter bring connections to the redirect listeners (Linux).",
      "Its rules are made from the section capture, as table inet culvert of nftables, which",
      "needs CAP_NET_ADMIN. With on-crash: open the running Culvert loads them itself."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert capture --apply -c culvert.yaml --run-as culvert|@"})
final class CaptureCommand implements Callable<Integer> {
  private static final long ROOT = 0;

  private final Terminal terminal;
  private final CaptureHost host;

  @Mixin private final ConfigOption configOption;
  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private What what = new What();

  @Option(
      names = "--run-as",
      paramLabel = "USER",
      description = {
        "The user that Culvert runs as, whose connections are never captured",
        "(default: the one who runs this command)."
      })
  private @Nullable String runAs;

  /** What is done. */
  private static final class What {
    @Option(names = "--print", description = "Print the rules, as nft -f takes them.")
    private boolean print;

    @Option(
        names = "--apply",
        description = "Load them, in place of those that are loaded, in one transaction.")
    @SuppressWarnings("UnusedVariable") // what is none of the others
    private boolean apply;

    @Option(
        names = "--remove",
        description = "Take them away; the sessions of a running Culvert go on.")
    private boolean remove;

    @Option(
        names = "--check",
        description = "Say whether they are loaded as they would be now; if not, exit with 1.")
    private boolean check;
  }

  CaptureCommand(Terminal terminal, CaptureHost host) {
    this.terminal = terminal;
    this.host = host;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    CaptureTable table = new CaptureTable(host, own());
    if (what.remove) {
      say(table.remove() ? "table inet culvert is removed" : "table inet culvert is not loaded");
      return ExitCode.OK;
    }
    return configOption.use(config -> with(table, config));
  }

  private int with(CaptureTable table, CulvertConfig config) throws IOException {
    if (config.capture().isEmpty()) {
      say("no section capture in " + configOption.name());
      return ExitCode.USAGE;
    }
    try {
      return carryOut(table, config);
    } catch (IllegalArgumentException e) {
      say(String.valueOf(e.getMessage()));
      return ExitCode.USAGE;
    }
  }

  private int carryOut(CaptureTable table, CulvertConfig config) throws IOException {
    if (what.print) {
      CaptureTable.Planned planned = table.plan(config);
      tell(planned);
      terminal.out().print(planned.plan().text());
      terminal.out().flush();
      return ExitCode.OK;
    }
    if (what.check) {
      Optional<String> difference = table.difference(config);
      terminal.out().println(difference.orElse("ok"));
      return difference.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
    tell(table.apply(config));
    say("table inet culvert is loaded");
    if (runAs == null && table.own() == ROOT && isOfThisHost(config)) {
      say(
          "warning: connections of root are not captured, for Culvert's own would come back to it"
              + " (expected: --run-as USER, where Culvert does not run as root)");
    }
    return ExitCode.OK;
  }

  private static boolean isOfThisHost(CulvertConfig config) {
    return config.capture().filter(CaptureConfig::isOfThisHost).isPresent();
  }

  private long own() throws IOException {
    if (runAs == null) {
      return host.ownUser();
    }
    OptionalLong user = host.user(runAs);
    return user.orElseThrow(
        () ->
            new ParameterException(
                spec.commandLine(), "--run-as: there is no user " + runAs + " here"));
  }

  private void tell(CaptureTable.Planned planned) {
    planned.missing().forEach(missing -> say("warning: " + missing.message()));
  }

  private void say(String message) {
    terminal.err().println("culvert: " + message);
  }
}
