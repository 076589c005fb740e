package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.ConfigResult.Loaded;
import culvert.config.RedirectPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the section {@code capture} needs, and the host has not; and what it leaves out. */
public final class CaptureChecks {
  /** Without that no answer can be kept here that is addressed to another host. */
  static final String NO_IP = "there is no ip here (expected: the package iproute2)";

  private final Loaded loaded;
  private final CaptureHost host;
  private final List<ConfigProblem> found = new ArrayList<>();

  private CaptureChecks(Loaded loaded, CaptureHost host) {
    this.loaded = loaded;
    this.host = host;
  }

  /** Warnings. Blocks: it may ask directories for users, and a name server. */
  public static List<ConfigProblem> of(Loaded loaded, CaptureHost host) {
    CaptureChecks checks = new CaptureChecks(loaded, host);
    loaded.config().capture().ifPresent(checks::capture);
    return List.copyOf(checks.found);
  }

  private void capture(CaptureConfig capture) {
    if (capture.isOfThisHost()) {
      families(RedirectPorts.of(loaded.config().listeners()));
    }
    if (!capture.forwarded().isEmpty()) {
      forwarded(capture);
    }
    if (PortSet.of(loaded.config()).isEmpty()) {
      warn("capture: no rule names a port, and ftp.ports is empty: nothing is captured", List.of());
    }
    try {
      CaptureScope.Found looked = host.look(capture, host.ownUser());
      looked.missing().forEach(missing -> warn(missing.message(), missing.path()));
      if (looked.scope().includesOwn(capture)) {
        warn(
            "users: "
                + looked.scope().own()
                + " is the user who asks, and must not be the one that Culvert runs as: it would"
                + " capture itself (expected: a user of its own for Culvert)",
            List.of("users"));
      }
      new SshServersHere(loaded.config(), capture, host, looked.scope().own())
          .loops()
          .forEach((profile, loop) -> warnAt(loop, "profiles", profile, "host"));
    } catch (IOException e) {
      warn("capture: who this process runs as cannot be found out: " + e.getMessage(), List.of());
    }
    if (host.nft().isEmpty()) {
      warn("capture: there is no nft here (expected: the package nftables)", List.of());
    } else if (!host.mayChangeRules()) {
      warn(
          "capture: this process has not CAP_NET_ADMIN, without which Culvert does not start (expected:"
              + " AmbientCapabilities=CAP_NET_ADMIN in its unit)",
          List.of());
    }
    lowPorts();
    if (host.localRoute().isEmpty()) {
      warn("capture: " + AnswerRoutes.WITHOUT + NO_IP, List.of());
    }
    if (capture.onCrash() == OnCrash.CLOSED) {
      new ClosedPorts(loaded.config(), host)
          .open()
          .forEach(open -> warn("on-crash: closed, but " + open, List.of("on-crash")));
    }
  }

  private void lowPorts() {
    RedirectPorts.listeners(loaded.config().listeners()).stream()
        .filter(listener -> !listener.systemdSocket())
        .map(listener -> listener.bind().port())
        .filter(port -> port > 0 && port < host.firstPortOfEverybody() && !host.mayTakeLowPorts())
        .distinct()
        .forEach(
            port ->
                warn(
                    "capture: this process has not CAP_NET_BIND_SERVICE, without which Culvert"
                        + " cannot listen at port "
                        + port
                        + " (expected: AmbientCapabilities=CAP_NET_BIND_SERVICE in its unit)",
                    List.of()));
  }

  private void families(RedirectPorts listeners) {
    if (listeners.v6().isEmpty()) {
      warn(
          "capture: no redirect listener at [::1]: over IPv6 the same connections are rejected",
          List.of());
    }
    if (listeners.v4().isEmpty()) {
      warn(
          "capture: no redirect listener at 127.0.0.1: over IPv4 the same connections are rejected",
          List.of());
    }
  }

  private void forwarded(CaptureConfig capture) {
    for (IpFamily family : IpFamily.values()) {
      boolean named = family.isAmong(capture.forwarded());
      if (named && !host.forwards(family.isIpv6())) {
        warn(
            "forwarded: this host forwards nothing over "
                + family.shown
                + ": of what the other hosts send, only what is captured gets anywhere (expected:"
                + " sysctl "
                + family.forwarding
                + "=1)",
            List.of("forwarded"));
      } else if (!named && host.forwards(family.isIpv6())) {
        warn(
            "forwarded: no network of "
                + family.shown
                + " is named, which this host forwards: hosts that have such addresses, too, get"
                + " past Culvert",
            List.of("forwarded"));
      }
    }
  }

  private void warn(String message, List<String> path) {
    List<String> whole = new ArrayList<>(List.of("capture"));
    whole.addAll(path);
    warnAt(message, whole.toArray(String[]::new));
  }

  private void warnAt(String message, String... path) {
    found.add(new ConfigProblem(Severity.WARNING, loaded.written().location(path), message));
  }
}
