package culvert.proxy.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.ExitCode;

/** SIGINT and SIGTERM: the first one in good order; whoever asks again means at once. */
final class StopSignals {
  private StopSignals() {}

  static void on(Signals signals, Runnable stop) {
    AtomicBoolean stopping = new AtomicBoolean();
    Runnable action =
        () -> {
          if (stopping.getAndSet(true)) {
            Runtime.getRuntime().halt(ExitCode.SOFTWARE);
          }
          stop.run();
        };
    signals.on("INT", action);
    signals.on("TERM", action);
  }
}
