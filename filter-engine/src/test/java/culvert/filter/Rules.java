package culvert.filter;

import culvert.config.Action;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FallbackReason;
import culvert.config.FtpOptions;
import culvert.config.FtpSettings;
import culvert.config.HostPattern;
import culvert.config.Limits;
import culvert.config.ListenerConfig;
import culvert.config.Location;
import culvert.config.Match;
import culvert.config.PortRange;
import culvert.config.Rule;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rules and requests in the shortest form that a test can read. */
final class Rules {
  static final FtpOptions FTP =
      new FtpOptions(List.of(new PortRange(21, 21)), FtpSettings.STANDARD);

  private final List<Rule> rules = new ArrayList<>();
  private List<ListenerConfig> listeners = List.of();

  /** With a listener of that name to which connections are brought. */
  static Rules redirectedTo(String listener) {
    Rules rules = new Rules();
    rules.listeners =
        List.of(
            new ListenerConfig.Redirect(
                listener, new Endpoint("127.0.0.1", 2180), false, false, Optional.empty()));
    return rules;
  }

  static Match match(String... conditions) {
    List<HostPattern> hosts = new ArrayList<>();
    List<Cidr> networks = new ArrayList<>();
    List<PortRange> ports = new ArrayList<>();
    List<Cidr> clients = new ArrayList<>();
    List<String> listeners = new ArrayList<>();
    List<String> applications = new ArrayList<>();
    List<String> osUsers = new ArrayList<>();
    for (String condition : conditions) {
      String[] keyAndItems = condition.split("=", 2);
      for (String item : keyAndItems[1].split(",", -1)) {
        switch (keyAndItems[0]) {
          case "host" -> hosts.add(host(item));
          case "network" -> networks.add(Cidr.parse(item));
          case "port" -> ports.add(ports(item));
          case "client" -> clients.add(Cidr.parse(item));
          case "listener" -> listeners.add(item);
          case "application" -> applications.add(item);
          case "os-user" -> osUsers.add(item);
          default -> throw new IllegalArgumentException(condition);
        }
      }
    }
    return new Match(hosts, networks, ports, clients, listeners, applications, osUsers);
  }

  static HostPattern host(String text) {
    return text.startsWith("/")
        ? HostPattern.Regex.of(text)
        : new HostPattern.Glob(text.toLowerCase(Locale.ROOT));
  }

  private static PortRange ports(String item) {
    String[] firstAndLast = item.split("-", 2);
    int first = Integer.parseInt(firstAndLast[0]);
    return new PortRange(
        first, firstAndLast.length == 1 ? first : Integer.parseInt(firstAndLast[1]));
  }

  /** Adds a rule whose name is its number, from 1. */
  Rules add(Action action, String... conditions) {
    return add(action, match(conditions));
  }

  Rules add(Action action, Match match) {
    return add(action, match, false, FTP);
  }

  /** Adds one that falls back to plaintext for these failures. */
  Rules tunnel(Set<FallbackReason> fallback, String... conditions) {
    return tunnel(fallback, match(conditions));
  }

  Rules tunnel(Set<FallbackReason> fallback, Match match) {
    return add(Action.FTP_TUNNEL, match, false, FTP, new Fallback(fallback));
  }

  Rules add(Action action, boolean userAtHost, FtpOptions ftp, String... conditions) {
    return add(action, match(conditions), userAtHost, ftp);
  }

  private Rules add(Action action, Match match, boolean userAtHost, FtpOptions ftp) {
    return add(action, match, userAtHost, ftp, Fallback.NONE);
  }

  private Rules add(
      Action action, Match match, boolean userAtHost, FtpOptions ftp, Fallback fallback) {
    int number = rules.size() + 1;
    rules.add(
        new Rule(
            "r" + number,
            new Location("test.yaml", number, 1),
            match,
            action,
            CulvertConfig.DEFAULT_PROFILE,
            Optional.empty(),
            userAtHost,
            fallback,
            ftp));
    return this;
  }

  Rules block(String... conditions) {
    return add(Action.BLOCK, conditions);
  }

  CompiledRules compile() {
    return RuleCompiler.compile(config());
  }

  FilterEngine engine() {
    return compile().engine();
  }

  CulvertConfig config() {
    return config(Action.DIRECT);
  }

  CulvertConfig config(Action defaultAction) {
    return new CulvertConfig(
        listeners,
        Map.of(),
        rules,
        defaultAction,
        FTP,
        true,
        new Limits(1, 0, 1, Duration.ofSeconds(10), 1, 1),
        Optional.empty(),
        Path.of("state"),
        Optional.empty(),
        Optional.empty(),
        Cidr.parse("198.19.0.0/16"),
        "",
        Optional.empty());
  }

  static ConnectionRequest request(String host, int port) {
    return request(host, port, "127.0.0.1", "socks");
  }

  static ConnectionRequest request(String host, int port, String client, String listener) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), port, address(client), listener);
  }

  static DestinationAddress known(String literal) {
    return new DestinationAddress.Known(address(literal));
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  /** The winning rule's name, {@code default-action}, or what is needed to know it. */
  static String winner(Decision decision) {
    if (decision instanceof Decision.Decided decided) {
      return decided.ruleName();
    }
    if (decision instanceof Decision.NeedsOsUser) {
      return "needs-os-user";
    }
    if (decision instanceof Decision.NeedsNames) {
      return "needs-names";
    }
    return decision instanceof Decision.NeedsApplication ? "needs-application" : "needs-address";
  }
}
