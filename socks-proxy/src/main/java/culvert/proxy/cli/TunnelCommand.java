package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.ssh.Printable;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvert tunnel}. The main thread waits for the signal to stop. */
@Command(
    name = "tunnel",
    description = {
      "Opens fixed tunnels, as ssh -L and ssh -R do.",
      "With ftp/ in front they understand FTP. Stays until SIGINT, SIGTERM or SIGHUP."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: @|bold culvert tunnel -L ftp/1234:localhost:21 joe@ssh.example|@",
      "  and then: curl ftp://USER@127.0.0.1:1234/",
      "Without USER@ the login of the FTP client is the SSH login, too."
    })
final class TunnelCommand implements Callable<Integer> {
  private static final int PROMPTS = 3;

  private final Terminal terminal;
  private final TunnelRunner runner;
  private final Signals signals;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "[USER@]HOST",
      converter = SshDestination.Converter.class,
      description = "The SSH server.")
  private @Nullable SshDestination server;

  @Option(
      names = "-p",
      paramLabel = "PORT",
      defaultValue = "22",
      description = "The SSH server's port (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "-i",
      paramLabel = "KEY",
      description =
          "A private key; repeatable. An encrypted one's passphrase is asked for."
              + " Without it: OpenSSH's default keys, if USER is given.")
  private List<Path> identities = List.of();

  @Option(
      names = "-L",
      paramLabel = "[ftp/][BIND:]PORT:HOST:HOSTPORT",
      converter = Forwarding.Converter.class,
      description =
          "Listen here, on 127.0.0.1 without BIND; the target is as HOST sees it. Repeatable.")
  private List<Forwarding> local = List.of();

  @Option(
      names = "-R",
      paramLabel = "[ftp/][BIND:]PORT:HOST:HOSTPORT",
      converter = Forwarding.Converter.class,
      description = "Listen on the SSH server; the target is as seen from here. Repeatable.")
  private List<Forwarding> remote = List.of();

  @Option(
      names = "--allow-from",
      paramLabel = "NETWORK",
      description = "Who may use -L listeners on other addresses than loopback. Repeatable.")
  private List<String> allowFrom = List.of();

  TunnelCommand(Terminal terminal, TunnelRunner runner, Signals signals) {
    this.terminal = terminal;
    this.runner = runner;
    this.signals = signals;
  }

  @Override
  public Integer call() throws Exception {
    signals.survive("USR1", "nothing is written yet");
    signals.survive("USR2", "there is no configuration to reload");
    CulvertConfig config;
    try {
      config = login(commandLine());
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
    Daemon daemon = runner.start(config, new PrintedStatus(terminal.out()));
    CountDownLatch stop = new CountDownLatch(1);
    signals.on("USR1", daemon::reopen);
    try (StopSignals stops = StopSignals.on(signals, stop::countDown, daemon::cut)) {
      signals.on("HUP", stop::countDown); // of a terminal that is closed, often twice
      print("culvert ready: " + String.join(", ", daemon.listeners()));
      stop.await();
      print("stopping: open connections may end; a second signal breaks them off");
      daemon.drain();
      return stops.exitCode();
    }
  }

  private TunnelConfig commandLine() {
    SshDestination destination = server;
    if (destination == null || (local.isEmpty() && remote.isEmpty())) {
      throw usage("Nothing to do (expected: -L or -R)");
    }
    if (port < 1 || port > 65535) {
      throw usage("-p: " + port + " (expected: 1..65535)");
    }
    List<Path> keys = identities.stream().map(this::identity).toList();
    if (keys.isEmpty() && destination.user().isPresent()) {
      keys = TunnelConfig.defaultIdentities(terminal.environment());
    }
    TunnelConfig line =
        new TunnelConfig(destination, port, keys, Optional.empty(), local, remote, allowFrom);
    line.needsUser()
        .ifPresent(
            forwarding -> {
              throw usage(
                  destination
                      + ": no user for "
                      + forwarding.bind()
                      + " (expected: USER@HOST; only -L ftp/ takes the name from its clients)");
            });
    return line;
  }

  private Path identity(Path key) {
    Path absolute = terminal.environment().workingDirectory().resolve(key).toAbsolutePath();
    if (!Files.isReadable(absolute)) {
      throw usage("-i: " + key + " (expected: a private key that can be read)");
    }
    return absolute;
  }

  /** With keys, if there are any and the server takes one, else with a password. */
  private CulvertConfig login(TunnelConfig locked) throws Exception {
    locked.withoutPassword(terminal.environment()); // nothing is asked for a line that is wrong
    TunnelConfig line = locked.with(KeyChain.unlock(locked.identities(), terminal, runner));
    CulvertConfig withKeys = line.withoutPassword(terminal.environment());
    if (line.server().user().isEmpty()) {
      if (line.identities().isEmpty() && !locked.identities().isEmpty()) {
        throw new SshException(
            SshFailure.NO_IDENTITY, line.server() + ": no key is left to log in with");
      }
      return withKeys;
    }
    if (!line.identities().isEmpty() && passes(withKeys, line)) {
      return withKeys;
    }
    for (int i = 0; i < PROMPTS; i++) {
      CulvertConfig withPassword = line.withPassword(password(line), terminal.environment());
      if (passes(withPassword, line)) {
        return withPassword;
      }
    }
    throw new SshException(SshFailure.AUTH_FAILED, line.server() + ": the login was refused");
  }

  /** Whether it is worth going on with this login; a server that is down may come back. */
  private boolean passes(CulvertConfig config, TunnelConfig line) throws Exception {
    try {
      runner.tryLogin(config, TunnelConfig.PROFILE);
      print("connected to " + line.server() + ", port " + line.port());
      return true;
    } catch (SshException e) {
      String why = "culvert: " + Printable.text(String.valueOf(e.getMessage()));
      switch (e.failure()) {
        case HOST_KEY -> throw e;
        case AUTH_FAILED, NO_IDENTITY, LOGIN_UNFINISHED -> {
          terminal.err().println(why);
          return false;
        }
        default -> {
          terminal.err().println(why + "; it will be tried again");
          return true;
        }
      }
    }
  }

  private String password(TunnelConfig line) throws SshException {
    char[] typed = terminal.passwords().read(line.server() + "'s password: ");
    if (typed == null) {
      throw new SshException(
          SshFailure.NO_IDENTITY,
          Endpoint.format(line.server().toString(), line.port())
              + ": no key that the server takes, and no terminal to ask for a password at");
    }
    try {
      return new String(typed);
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  private void print(String text) {
    terminal.out().println(text);
    terminal.out().flush();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
