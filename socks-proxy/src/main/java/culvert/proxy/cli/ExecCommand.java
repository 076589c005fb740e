package culvert.proxy.cli;

import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import culvert.proxy.check.Machine;
import culvert.proxy.handover.ExecDoor;
import culvert.proxy.handover.HandedOver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code culvert exec}. The launcher makes the namespace and then becomes the command, so that
 * nobody stands between the command and whoever has started it; what runs here is beside it.
 */
@Command(
    name = "exec",
    description = {
      "Runs a command whose only network is Culvert (Linux).",
      "Whatever it and its children connect to goes by the rules, and nothing leaves in",
      "another way. The clients need no proxy setting, and the user no privileges where",
      "user namespaces are allowed.",
      "A running Culvert takes the command in; without one, or with -c, one is started",
      "for the command alone. Exit status, signals and terminal are the command's."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert exec -- curl -T report.csv ftp://USER@HOST/|@"})
final class ExecCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ExecCommand.class);

  /** Which part the launcher has it play. */
  private static final String PART = "CULVERT_EXEC";

  private static final String SERVE = "serve";

  /** With the command's process number, and where the daemon is. */
  private static final Pattern INSIDE = Pattern.compile("inside (\\d{1,9}) (.+)");

  /** The launcher is making the namespace meanwhile. */
  private static final Duration FIRST_COMMAND = Duration.ofSeconds(60);

  private final Terminal terminal;
  private final Daemon.Starter starter;
  private final Machine machine;

  @Mixin private final ConfigOption configOption;

  @Option(
      names = "--socket",
      paramLabel = "SOCKET",
      description = {
        "The running Culvert's socket for commands. Without it:",
        "$XDG_RUNTIME_DIR/culvert/exec.sock, /run/culvert/exec.sock."
      })
  @SuppressWarnings("unused") // the launcher reads it
  private @Nullable Path socket;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "Behind --, with its arguments.")
  private List<String> words = List.of();

  ExecCommand(Terminal terminal, Parts parts) {
    this.terminal = terminal;
    this.starter = parts.daemon();
    this.machine = parts.machine();
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() throws Exception {
    String part = terminal.environment().variables().getOrDefault(PART, "");
    if (part.equals(SERVE)) {
      return serve();
    }
    Matcher inside = INSIDE.matcher(part);
    if (inside.matches()) {
      return handOver(Long.parseLong(inside.group(1)), Path.of(inside.group(2)));
    }
    terminal
        .err()
        .println(
            "culvert: exec is the first word behind culvert, and -- stands before the command"
                + " (expected: culvert exec [-c FILE] -- COMMAND..., by the launcher)");
    return ExitCode.USAGE;
  }

  /** In the namespace. */
  private int handOver(long pid, Path daemon) throws Exception {
    HandedOver handed = HandedOver.to(daemon, fileName(words.get(0)));
    try {
      ready("ready");
      leaveTheTerminal();
      CommandsEnd.await(pid);
    } finally {
      handed.close();
    }
    return ExitCode.OK;
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private void ready(String said) {
    terminal.out().println(said);
    terminal.out().close(); // the launcher waits for that
  }

  /** Whoever reads the command's output waits until everybody has let go of it. */
  private void leaveTheTerminal() {
    Logging.end();
    terminal.err().close();
  }

  /** A Culvert for one command. */
  private int serve() throws Exception {
    ConfigResult result = configOption.load();
    if (!(result instanceof ConfigResult.Loaded loaded)) {
      result.problems().forEach(terminal.err()::println);
      return ExitCode.USAGE;
    }
    Logging.onlyWarnings();
    Warnings.of(loaded, machine).forEach(LOG::warn);
    CulvertConfig config = loaded.config().withoutDoors();
    Path directory = Files.createTempDirectory("culvert-exec-");
    try {
      Daemon daemon = starter.start(config);
      ExecDoor door = daemon.acceptCommands(directory.resolve("exec.sock"));
      ready("ready " + door.path());
      door.awaitCommands(FIRST_COMMAND);
      daemon.drain();
      return ExitCode.OK;
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve("exec.sock"));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      LOG.debug("{} stays", directory, e);
    }
  }
}
