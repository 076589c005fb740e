package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.RedirectPorts;
import java.util.List;
import java.util.Optional;

/**
 * Whether the ports to which connections of this host are brought are kept from others while
 * Culvert does not run, as {@code on-crash: closed} needs it. Who is not privileged cannot listen
 * at transparent ones. Blocks.
 */
record ClosedPorts(CulvertConfig config, CaptureHost host) {

  /** Those that are not, each as half a sentence for the user. */
  List<String> open() {
    if (!config.capture().filter(CaptureConfig::isOfThisHost).isPresent()) {
      return List.of();
    }
    return RedirectPorts.listeners(config.listeners()).stream()
        .filter(listener -> listener.bind().port() >= host.firstPortOfEverybody())
        .map(this::open)
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  private Optional<String> open(ListenerConfig.Redirect listener) {
    if (!listener.systemdSocket()) {
      return Optional.of(
          anybody(listener)
              + " (expected: a higher net.ipv4.ip_unprivileged_port_start, or systemd-socket:"
              + " true)");
    }
    return host.isHeldByRoot(listener.bind())
        ? Optional.empty()
        : Optional.of(
            "systemd has no socket at "
                + listener.bind()
                + ", so that "
                + anybody(listener)
                + " (expected: the .socket unit of listener "
                + listener.name()
                + " is started before)");
  }

  private static String anybody(ListenerConfig.Redirect listener) {
    return "while Culvert does not run anybody can listen at port "
        + listener.bind().port()
        + " and be given the jobs' passwords";
  }
}
