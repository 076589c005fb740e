package culvert.proxy.check;

import culvert.config.Action;
import culvert.config.ConfigResult.Loaded;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.FallbackReason;
import culvert.config.FtpSettings.AuthTls;
import culvert.config.ListenerConfig;
import culvert.config.Location;
import culvert.config.Match;
import culvert.config.PortRange;
import culvert.config.Rule;
import culvert.filter.RuleCompiler;
import culvert.filter.RuleWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Every way in which a configuration lets FTP go in plaintext, from the top. Pure. Ports count as
 * FTP's that {@code ftp.ports} names, or a rule that tunnels FTP, and 21; which others an FTP
 * server may have, nobody knows.
 */
public final class PlaintextWays {
  private static final String DEFAULT_ACTION = "default-action";
  private static final String PINS = "pin-tunnelled";
  private static final int FTP = 21;

  /** So many ports are named; a range counts with its first ones. */
  private static final int MAX_PORTS = 8;

  private final Loaded loaded;
  private final List<PlaintextWay> ways = new ArrayList<>();

  private PlaintextWays(Loaded loaded) {
    this.loaded = loaded;
  }

  /** All of them; a rule with several reasons has several. */
  public static List<PlaintextWay> of(Loaded loaded) {
    PlaintextWays all = new PlaintextWays(loaded);
    CulvertConfig config = loaded.config();
    Set<Location> never =
        RuleCompiler.compile(config).warnings().stream()
            .map(RuleWarning::location)
            .collect(Collectors.toSet());
    for (int i = 0; i < config.rules().size(); i++) {
      if (!never.contains(config.rules().get(i).location())) {
        all.rule(i);
      }
    }
    all.defaultAction();
    all.listeners();
    all.pins();
    return List.copyOf(all.ways);
  }

  private void rule(int index) {
    Rule rule = loaded.config().rules().get(index);
    String at = Integer.toString(index);
    for (FallbackReason reason : new TreeSet<>(rule.fallback().reasons())) {
      ways.add(
          new PlaintextWay(
              rule.name(),
              rule.action().toString(),
              loaded.written().location("rules", at, "fallback"),
              reason.toString(),
              "fallback: plain where " + words(reason),
              "fallback: none, or fallback-on without " + reason));
    }
    if (rule.action() == Action.DIRECT) {
      Set<Integer> ports = controlPorts(rule.match(), index);
      if (!ports.isEmpty()) {
        direct(rule.name(), loaded.written().location("rules", at, "action"), ports);
      }
    }
    if (rule.action() == Action.FTP_TUNNEL
        && rule.ftp().settings().authTls() == AuthTls.PASS_THROUGH) {
      ways.add(
          new PlaintextWay(
              rule.name(),
              rule.action().toString(),
              rule.location(),
              "rule",
              "auth-tls: pass-through: after PROT C, PORT or EPRT inside TLS has the FTP server"
                  + " connect to the client itself, past the tunnel",
              "auth-tls: refuse"));
    }
  }

  private static String words(FallbackReason reason) {
    return switch (reason) {
      case UNREACHABLE -> "the SSH server cannot be reached";
      case NO_IDENTITY -> "there is nothing to log in with, as for anonymous FTP";
      case AUTH_FAILED -> "the SSH server refuses the login";
      case FORWARDING_REFUSED -> "the SSH server forbids forwarding";
      case TARGET_UNREACHABLE -> "the SSH server cannot reach the FTP server";
    };
  }

  private void direct(String name, Location location, Set<Integer> ports) {
    String all =
        ports.stream().limit(MAX_PORTS).map(String::valueOf).collect(Collectors.joining(", "))
            + (ports.size() > MAX_PORTS ? ", ..." : "");
    ways.add(
        new PlaintextWay(
            name,
            Action.DIRECT.toString(),
            location,
            "rule",
            "direct, and it can reach FTP at port " + all,
            "action: ftp-tunnel, or a rule above it for that port"));
  }

  private void defaultAction() {
    CulvertConfig config = loaded.config();
    if (config.defaultAction() == Action.DIRECT) {
      Set<Integer> ports = controlPorts(Match.ANYTHING, config.rules().size());
      if (!ports.isEmpty()) {
        direct(DEFAULT_ACTION, loaded.written().location(DEFAULT_ACTION), ports);
      }
    }
  }

  /** A remote tunnel ends here, and its connections to the target do so as they are. */
  private void listeners() {
    List<ListenerConfig> listeners = loaded.config().listeners();
    for (int i = 0; i < listeners.size(); i++) {
      if (listeners.get(i) instanceof ListenerConfig.RemoteTunnel tunnel
          && !Holes.isLoopback(tunnel.target())) {
        Endpoint target = tunnel.target();
        ways.add(
            new PlaintextWay(
                tunnel.name(),
                "remote-tunnel",
                loaded.written().location("listeners", Integer.toString(i), "target"),
                "rule",
                "from here to " + target + " it is not encrypted",
                "Culvert on the host of " + target));
      }
    }
  }

  private void pins() {
    CulvertConfig config = loaded.config();
    boolean falls =
        config.rules().stream().anyMatch(r -> r.fallback().allows(FallbackReason.UNREACHABLE));
    if (falls && !config.pinTunnelled()) {
      ways.add(
          new PlaintextWay(
              PINS,
              "ftp-tunnel",
              loaded.written().location(PINS),
              FallbackReason.UNREACHABLE.toString(),
              "pin-tunnelled: false: who keeps the SSH server from answering has plaintext even of"
                  + " destinations that were tunnelled before",
              "pin-tunnelled: true"));
    }
  }

  /** Ports of FTP that the match lets through, and no earlier rule takes as a whole. */
  private Set<Integer> controlPorts(Match match, int index) {
    Set<Integer> ports = new TreeSet<>();
    for (int port : knownPorts()) {
      if (contains(match.ports(), port)
          && loaded.config().rules().subList(0, index).stream()
              .noneMatch(earlier -> takesAllOf(earlier.match(), port))) {
        ports.add(port);
      }
    }
    return ports;
  }

  private Set<Integer> knownPorts() {
    Set<Integer> ports = new TreeSet<>(Set.of(FTP));
    addAll(ports, loaded.config().ftp().ports());
    for (Rule rule : loaded.config().rules()) {
      addAll(ports, rule.ftp().ports());
      if (rule.action() == Action.FTP_TUNNEL) {
        addAll(ports, rule.match().ports());
      }
    }
    return ports;
  }

  private static void addAll(Set<Integer> ports, List<PortRange> ranges) {
    for (PortRange range : ranges) {
      for (int port = range.first();
          port <= Math.min(range.last(), range.first() + MAX_PORTS);
          port++) {
        ports.add(port);
      }
    }
  }

  private static boolean takesAllOf(Match match, int port) {
    Match otherwise =
        new Match(
            match.hosts(),
            match.networks(),
            List.of(),
            match.clients(),
            match.listeners(),
            match.applications(),
            match.osUsers());
    return otherwise.equals(Match.ANYTHING) && contains(match.ports(), port);
  }

  private static boolean contains(List<PortRange> ranges, int port) {
    return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(port));
  }
}
