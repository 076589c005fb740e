package culvert.proxy.cli;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.proxy.capture.CaptureHost;
import culvert.proxy.check.Machine;
import culvert.proxy.service.ServiceManager;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code culvert run}. Signals become orders, which the main thread carries out one by one. */
@Command(
    name = "run",
    description = {
      "Starts the proxy and stays; prints one line when it is ready.",
      "SIGTERM and SIGINT let open transfers end, for 60 seconds at most, a second one",
      "breaks them off;",
      "SIGHUP reads the configuration again, for new connections;",
      "SIGUSR1 opens the audit trail's file anew, for logrotate."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert run -c culvert.yaml|@"})
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  private final Terminal terminal;
  private final Daemon.Starter starter;
  private final Signals signals;
  private final Machine machine;
  private final CaptureHost host;
  private final ServiceManager manager;
  private final Orders orders = new Orders();

  @Mixin private final ConfigOption configOption;

  RunCommand(Terminal terminal, Parts parts) {
    this.terminal = terminal;
    this.starter = parts.daemon();
    this.signals = parts.signals();
    this.machine = parts.machine();
    this.host = parts.captureHost();
    manager = new ServiceManager(terminal.environment().variables());
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() throws Exception {
    listen();
    ConfigResult result = configOption.load();
    if (!(result instanceof ConfigResult.Loaded loaded)) {
      result.problems().forEach(terminal.err()::println);
      return ExitCode.USAGE;
    }
    StartLog.starting(configOption.place());
    log(result);
    warn(loaded);
    Daemon daemon = starter.start(loaded.config());
    try (StopSignals stops =
        StopSignals.on(signals, () -> orders.add(Orders.Order.STOP), daemon::cut)) {
      StartLog.listening(daemon.listeners());
      CommandsIn.open(daemon, loaded.config(), terminal.environment());
      String listeners = String.join(", ", daemon.listeners());
      terminal.out().println("culvert ready: " + listeners);
      terminal.out().flush();
      manager.ready(listeners);
      obey(daemon);
      LOG.info("stopping: no new connections, the open ones may end");
      manager.stopping("no new connections, the open ones may end");
      daemon.drain();
      LOG.info("stopped");
      return stops.exitCode();
    }
  }

  /** From before the start: by default these end a process. */
  private void listen() {
    signals.on("HUP", () -> orders.add(Orders.Order.RELOAD));
    signals.on("USR1", () -> orders.add(Orders.Order.REOPEN));
    signals.survive("USR2", "SIGHUP reloads");
  }

  private void obey(Daemon daemon) throws InterruptedException {
    for (Orders.Order order = orders.take(); order != Orders.Order.STOP; order = orders.take()) {
      if (order == Orders.Order.RELOAD) {
        manager.reloading();
        boolean taken = reload(daemon);
        manager.ready(
            String.join(", ", daemon.listeners())
                + (taken ? "" : "; the configuration was not taken, the old one stays"));
      } else {
        daemon.reopen();
        LOG.info("the audit trail's file is opened anew where it was moved away");
      }
    }
  }

  /** Whether the configuration was taken. Whatever goes wrong, what runs goes on as it was. */
  private boolean reload(Daemon daemon) {
    try {
      return taken(daemon);
    } catch (IOException e) {
      LOG.error("configuration not taken, the old one stays: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("configuration not taken, the old one stays");
    }
    daemon.reloadFailed();
    return false;
  }

  private boolean taken(Daemon daemon) throws IOException {
    ConfigResult result = configOption.load();
    log(result);
    if (!(result instanceof ConfigResult.Loaded loaded)) {
      daemon.reloadFailed();
      log(Level.ERROR, "configuration rejected, the old one stays");
      return false;
    }
    warn(loaded);
    told(daemon.reload(loaded.config()));
    return true;
  }

  private static void log(ConfigResult result) {
    for (ConfigProblem problem : result.problems()) {
      boolean error = problem.severity() == ConfigProblem.Severity.ERROR;
      LOG.atLevel(error ? Level.ERROR : Level.WARN).log(problem.toString());
    }
  }

  private void told(List<String> needRestart) {
    if (needRestart.isEmpty()) {
      log(Level.INFO, "configuration reloaded");
    } else {
      LOG.atWarn()
          .addKeyValue("file", configOption.place())
          .addKeyValue("needs_restart", needRestart)
          .log("configuration reloaded in part: these sections need a restart");
    }
  }

  private void log(Level level, String message) {
    LOG.atLevel(level).addKeyValue("file", configOption.place()).log(message);
  }

  private void warn(ConfigResult.Loaded loaded) {
    Warnings.of(loaded, machine, host).forEach(LOG::warn);
    StartLog.plaintext(loaded);
  }
}
