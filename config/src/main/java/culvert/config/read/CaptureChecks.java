package culvert.config.read;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Cidr;
import culvert.config.ListenerConfig;
import culvert.config.RedirectPorts;
import culvert.config.read.CaptureReader.Capture;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.yaml.Problems;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Whether what is captured has somewhere to go. */
final class CaptureChecks {

  /** Whoever may bind these is trusted; a host can set another limit, which nobody asks here. */
  private static final int FIRST_OF_EVERYBODY = 1024;

  private final Problems problems;
  private final Section section;
  private final CaptureConfig config;
  private final List<ListenerConfig> listeners;
  private final boolean unknown;

  private CaptureChecks(
      Problems problems, Section section, CaptureConfig config, List<Listener> listeners) {
    this.problems = problems;
    this.section = section;
    this.config = config;
    this.unknown = listeners.stream().anyMatch(listener -> listener.config().isEmpty());
    this.listeners =
        listeners.stream().map(Listener::config).<ListenerConfig>flatMap(Optional::stream).toList();
  }

  static void capture(Problems problems, Capture capture, List<Listener> listeners) {
    capture
        .config()
        .map(config -> new CaptureChecks(problems, capture.section(), config, listeners))
        .ifPresent(CaptureChecks::all);
  }

  private void all() {
    if (config.isOfThisHost()) {
      ofThisHost(RedirectPorts.of(listeners));
    }
    for (boolean ipv6 : List.of(false, true)) {
      List<Cidr> networks =
          config.forwarded().stream().filter(network -> isIpv6(network) == ipv6).toList();
      if (!networks.isEmpty()) {
        forwarded(networks, ipv6);
      }
    }
  }

  private void ofThisHost(RedirectPorts ports) {
    if (ports.v4().isEmpty() && ports.v6().isEmpty()) {
      if (!unknown) {
        problems.error(
            section.location(),
            "capture: no listener to bring connections to (expected: redirect: 127.0.0.1:PORT among"
                + " the listeners, and redirect: '[::1]:PORT' for IPv6)");
      }
      return;
    }
    RedirectPorts.listeners(listeners).stream()
        .filter(listener -> !listener.systemdSocket())
        .map(listener -> listener.bind().port())
        .distinct()
        .forEach(this::port);
  }

  private void port(int port) {
    if (port == 0) {
      noPort();
    } else if (port >= FIRST_OF_EVERYBODY && config.onCrash() == OnCrash.CLOSED) {
      problems.error(
          section.location(CaptureReader.ON_CRASH),
          "on-crash: closed, but while Culvert does not run anybody can listen at port "
              + port
              + " and be given the jobs' passwords (expected: a redirect listener below port 1024"
              + " or with systemd-socket: true, or on-crash: open)");
    }
  }

  private void noPort() {
    problems.error(
        section.location(),
        "capture: a redirect listener has port 0 (expected: a port that can be told before)");
  }

  private static boolean isIpv6(Cidr network) {
    return network.address().length > 4;
  }

  /** Its port may be any, for it takes a privilege to be transparent. */
  private void forwarded(List<Cidr> networks, boolean ipv6) {
    OptionalInt port = RedirectPorts.ofOthers(listeners).of(ipv6);
    if (port.isPresent() && port.getAsInt() == 0) {
      noPort();
    } else if (port.isEmpty() && !unknown) {
      problems.error(
          section.location(CaptureReader.FORWARDED),
          "forwarded: "
              + networks.get(0)
              + ", but there is no transparent listener to bring its connections to (expected: {"
              + " redirect: "
              + (ipv6 ? "'[::1]:PORT'" : "127.0.0.1:PORT")
              + ", transparent: true } among the listeners)");
    }
    port.ifPresent(known -> networks.forEach(network -> letIn(network, known)));
  }

  private void letIn(Cidr network, int port) {
    for (ListenerConfig listener : listeners) {
      if (listener instanceof ListenerConfig.Redirect redirect
          && redirect.transparent()
          && redirect.bind().port() == port
          && redirect.allowFrom().isPresent()
          && redirect.allowFrom().get().stream().noneMatch(all -> all.contains(network))) {
        problems.warning(
            section.location(CaptureReader.FORWARDED),
            "forwarded: "
                + network
                + " is not within allow-from of listener "
                + redirect.name()
                + ", which refuses whom it does not name (expected: no allow-from there, for then"
                + " it lets in what is forwarded)");
      }
    }
  }
}
