package culvert.config.read;

import culvert.config.CaptureConfig.OnCrash;
import culvert.config.ListenerConfig;
import culvert.config.RedirectPorts;
import culvert.config.read.CaptureReader.Capture;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.yaml.Problems;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether what is captured has somewhere to go. */
final class CaptureChecks {

  /** Whoever may bind these is trusted; a host can set another limit, which nobody asks here. */
  private static final int FIRST_OF_EVERYBODY = 1024;

  private final Problems problems;

  CaptureChecks(Problems problems) {
    this.problems = problems;
  }

  void capture(Capture capture, List<Listener> listeners) {
    if (capture.config().isEmpty()) {
      return;
    }
    boolean unknown = listeners.stream().anyMatch(listener -> listener.config().isEmpty());
    RedirectPorts ports =
        RedirectPorts.of(
            listeners.stream()
                .map(Listener::config)
                .<ListenerConfig>flatMap(Optional::stream)
                .toList());
    if (ports.v4().isEmpty() && ports.v6().isEmpty()) {
      if (!unknown) {
        problems.error(
            capture.section().location(),
            "capture: no listener to bring connections to (expected: redirect: 127.0.0.1:PORT among"
                + " the listeners, and redirect: '[::1]:PORT' for IPv6)");
      }
      return;
    }
    IntStream.concat(ports.v4().stream(), ports.v6().stream())
        .distinct()
        .forEach(port -> port(port, capture));
  }

  private void port(int port, Capture capture) {
    if (port == 0) {
      problems.error(
          capture.section().location(),
          "capture: a redirect listener has port 0 (expected: a port that can be told before)");
    } else if (port >= FIRST_OF_EVERYBODY
        && capture.config().filter(c -> c.onCrash() == OnCrash.CLOSED).isPresent()) {
      problems.error(
          capture.section().location(CaptureReader.ON_CRASH),
          "on-crash: closed, but while Culvert does not run anybody can listen at port "
              + port
              + " and be given the jobs' passwords (expected: a redirect listener below port 1024,"
              + " or on-crash: open)");
    }
  }
}
