package culvert.proxy.cli;

import culvert.config.read.Environment;
import culvert.proxy.capture.CaptureHost;
import culvert.proxy.capture.FakeCaptureHost;
import culvert.proxy.check.FakeMachine;
import culvert.proxy.check.Machine;
import culvert.ssh.HostKeys;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.mockito.Mockito;

/** Runs command lines in a directory of their own, and keeps what they print. */
final class CommandLineRun {
  /** For a whole command in a cold JVM. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> variables = new HashMap<>();
  private final Path directory;
  private final Map<String, Runnable> signals = new ConcurrentHashMap<>();
  private String answers = "";
  private boolean interactive;
  private HostKeys hostKeys = Mockito.mock(HostKeys.class);
  private final List<String> prompts = new ArrayList<>();
  private final Queue<String> passwords = new ArrayDeque<>();
  private TunnelRunner tunnels = Mockito.mock(TunnelRunner.class);
  private Machine machine = new FakeMachine();
  private CaptureHost captureHost = new FakeCaptureHost();
  private Daemon.Starter starter = Mockito.mock(Daemon.Starter.class);

  CommandLineRun(Path directory) {
    this.directory = directory;
  }

  CommandLineRun withVariable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** From now on a person types this. */
  CommandLineRun withAnswers(String text) {
    answers = text;
    interactive = true;
    return this;
  }

  CommandLineRun withHostKeys(HostKeys source) {
    hostKeys = source;
    return this;
  }

  CommandLineRun withMachine(Machine here) {
    machine = here;
    return this;
  }

  CommandLineRun withCaptureHost(CaptureHost here) {
    captureHost = here;
    return this;
  }

  CommandLineRun withDaemon(Daemon.Starter daemons) {
    starter = daemons;
    return this;
  }

  CommandLineRun withTunnels(TunnelRunner runner) {
    tunnels = runner;
    return this;
  }

  /** From now on a person types these, unseen. */
  CommandLineRun withPasswords(String... typed) {
    passwords.addAll(List.of(typed));
    return this;
  }

  /** What was asked for passwords. */
  List<String> prompts() {
    return prompts;
  }

  /** Delivers a signal to the command that runs. */
  void signal(String name) {
    signals.get(name).run();
  }

  int execute(String... args) {
    return Culvert.execute(
        terminal(),
        new Parts(starter, tunnels, hostKeys, signals::put, machine, captureHost),
        args);
  }

  Terminal terminal() {
    return new Terminal(
        new BufferedReader(new StringReader(answers)),
        new PrintStream(out, true, Charset.defaultCharset()),
        new PrintStream(err, true, Charset.defaultCharset()),
        err,
        interactive,
        prompt -> {
          prompts.add(prompt);
          String password = passwords.poll();
          return password == null ? null : password.toCharArray();
        },
        new Environment(variables, directory, directory, directory));
  }

  String out() {
    return out.toString(Charset.defaultCharset());
  }

  List<String> outLines() {
    return out().lines().toList();
  }

  String err() {
    return err.toString(Charset.defaultCharset());
  }
}
