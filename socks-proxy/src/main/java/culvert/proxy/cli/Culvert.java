package culvert.proxy.cli;

import culvert.config.file.RegularFile;
import culvert.config.read.Environment;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code culvert}. */
@Command(
    name = "culvert",
    description = "Carries FTP jobs through SSH tunnels, behind a SOCKS proxy.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Example: @|bold culvert run|@",
      "  and then: curl --socks5-hostname localhost:1080 ftp://USER@HOST/",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
    })
public final class Culvert implements Callable<Integer> {
  private static final int FAILED = 1;

  /** Set by the launcher if standard input is a terminal, which not every JDK can tell. */
  private static final String INTERACTIVE = "culvert.interactive";

  /** From here on a JDK gives a console where there is no terminal. */
  private static final int CONSOLE_WITHOUT_TERMINAL = 22;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Culvert() {}

  public static void main(String[] args) {
    boolean interactive = Boolean.getBoolean(INTERACTIVE) || hasConsole();
    Terminal terminal =
        new Terminal(
            new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
            System.out,
            System.err,
            new FileOutputStream(FileDescriptor.err),
            interactive,
            PasswordPrompt.ofProcess(interactive),
            Environment.ofProcess());
    Runtime.getRuntime().addShutdownHook(new Thread(Logging::end, "culvert-log-end"));
    System.exit(execute(terminal, Parts.ofProcess(), args));
  }

  /** For those who start the JAR itself. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean hasConsole() {
    return Runtime.version().feature() < CONSOLE_WITHOUT_TERMINAL && System.console() != null;
  }

  /** Runs one command line to its end. */
  static int execute(Terminal terminal, Parts parts, String... args) {
    try {
      return commandLine(terminal, parts).execute(args);
    } finally {
      Logging.end();
    }
  }

  /** All commands with their options. */
  static CommandLine commandLine(Terminal terminal, Parts parts) {
    CommandLine line =
        new CommandLine(new Culvert())
            .addMixin("logging", new LogOptions(terminal))
            .addSubcommand(new RunCommand(terminal, parts))
            .addSubcommand(new ExecCommand(terminal, parts))
            .addSubcommand(new CheckCommand(terminal, parts.machine(), parts.captureHost()))
            .addSubcommand(new ExplainCommand(terminal))
            .addSubcommand(new TrustCommand(terminal, parts.hostKeys()))
            .addSubcommand(new PinsCommand(terminal))
            .addSubcommand(new UnpinCommand(terminal))
            .addSubcommand(
                new CommandLine(new AuditCommand(terminal))
                    .addSubcommand(new AuditVerifyCommand(terminal))
                    .addSubcommand(new AuditHeadCommand(terminal)))
            .addSubcommand(new CaptureCommand(terminal, parts.captureHost()))
            .addSubcommand(new TunnelCommand(terminal, parts.tunnels(), parts.signals()))
            .addSubcommand(new DemoCommand(terminal, parts.signals()))
            .addSubcommand(new CommandLine.HelpCommand());
    line.setExpandAtFiles(false); // nobody has asked for that, and @ begins names, too
    line.setOut(writer(terminal.out()));
    line.setErr(writer(terminal.err()));
    line.setParameterExceptionHandler((e, given) -> wrongUsage(e));
    line.setExecutionExceptionHandler((e, command, result) -> failed(terminal, e));
    return line;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
  }

  private static int wrongUsage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("culvert: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private static int failed(Terminal terminal, Exception e) {
    @Nullable String message = message(e);
    terminal.err().println("culvert: " + (message == null ? e.toString() : message));
    org.slf4j.LoggerFactory.getLogger(Culvert.class).debug("the command failed", e);
    return FAILED;
  }

  private static @Nullable String message(Exception e) {
    return e instanceof FileSystemException file && file.getReason() == null
        ? file.getFile() + ": " + RegularFile.reason(file)
        : e.getMessage();
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
