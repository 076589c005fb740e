package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.RedirectPorts;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The table {@code inet culvert}, as commands for nft(8). A pure function of the configuration and
 * of what its names stand for. To carry all of them out at once makes of any plan that is there
 * this one, and leaves alone what the sets of expected data connections hold.
 *
 * <pre>
 *   output      nat: who is captured; first of all, Culvert itself is not
 *   captured    which of their connections are, by family: those go to the redirect listener
 *   unserved    filter: the same people, for a family without a listener
 *   rejected    which of their connections are rejected
 *   ports       filter: keeps in what is captured the client's own port, which NAT may change
 * </pre>
 */
public final class CapturePlan {
  static final String TABLE = "inet culvert";

  /** Those that the running Culvert fills. */
  static final List<String> SETS =
      Stream.of("data4", "data6", "held4", "held6").map(set -> TABLE + " " + set).toList();

  /** Control connections of other services are below that, as FTP's own are. */
  private static final String DATA_PORTS = "1024-65535";

  private static final String MARK = "culvert plan ";

  private final List<String> commands = new ArrayList<>();
  private final Map<String, Integer> rules = new LinkedHashMap<>();
  private final CaptureConfig config;
  private final CaptureScope scope;
  private final PortSet ports;
  private final List<Cidr> destinations = new ArrayList<>();
  private final String hash;

  private CapturePlan(
      CaptureConfig config, CaptureScope scope, PortSet ports, RedirectPorts listeners) {
    this.config = config;
    this.scope = scope;
    this.ports = ports;
    List.of("output", "captured", "unserved", "rejected", "ports")
        .forEach(chain -> rules.put(chain, 0));
    people("output");
    served(IpFamily.V4, listeners.v4());
    served(IpFamily.V6, listeners.v6());
    if (listeners.v4().isEmpty() || listeners.v6().isEmpty()) {
      people("unserved");
    }
    ports(listeners);
    List<String> body = List.copyOf(commands);
    commands.clear();
    foundations();
    hash =
        hash(
            List.of(
                String.join("\n", commands),
                config.networks() + " " + config.names(),
                String.join("\n", body)));
    destinations(IpFamily.V4);
    destinations(IpFamily.V6);
    body.stream().map(this::marked).forEach(commands::add);
  }

  /**
   * The plan of a configuration with a section {@code capture}.
   *
   * @throws IllegalArgumentException if it has none, or captures Culvert itself
   */
  public static CapturePlan of(CulvertConfig config, CaptureScope scope) {
    return of(config, RedirectPorts.of(config.listeners()), scope);
  }

  /**
   * The same.
   *
   * @param listeners those that are bound, whatever the configuration has
   */
  static CapturePlan of(CulvertConfig config, RedirectPorts listeners, CaptureScope scope) {
    CaptureConfig capture =
        config
            .capture()
            .orElseThrow(() -> new IllegalArgumentException("capture: not in the configuration"));
    if (scope.includesOwn(capture)) {
      throw new IllegalArgumentException(
          "capture: user "
              + scope.own()
              + " is to be captured, and is the one that Culvert runs as: its own connections"
              + " would come back to it (expected: a user of its own for Culvert)");
    }
    return new CapturePlan(capture, scope, PortSet.of(config), listeners);
  }

  /** What a table is made of, if there is none. */
  private void foundations() {
    add("add table " + TABLE + (config.onCrash() == OnCrash.OPEN ? " { flags owner; }" : ""));
    for (IpFamily family : IpFamily.values()) {
      set("data", family, family.type + " . inet_service; flags timeout;");
      set("held", family, family.type + "; flags timeout;");
      set("destinations", family, family.type + "; flags interval; auto-merge;");
    }
    add("add chain " + TABLE + " output { type nat hook output priority -100; policy accept; }");
    add("add chain " + TABLE + " captured");
    add("add chain " + TABLE + " unserved { type filter hook output priority 0; policy accept; }");
    add("add chain " + TABLE + " rejected");
    add("add chain " + TABLE + " ports { type filter hook output priority 0; policy accept; }");
    rules.keySet().forEach(chain -> add("flush chain " + TABLE + " " + chain));
  }

  private void set(String name, IpFamily family, String type) {
    add("add set " + TABLE + " " + name + family.digit + " { type " + type + " }");
  }

  /** What is there stays, while it is not known of each name what it stands for now. */
  private void destinations(IpFamily family) {
    TreeSet<String> all = new TreeSet<>();
    for (Cidr network : config.networks()) {
      if (IpFamily.of(network.address()) == family) {
        all.add(network.toString());
      }
    }
    for (InetAddress address : scope.addresses()) {
      if (IpFamily.of(address) == family) {
        all.add(IpFamily.text(address));
      }
    }
    all.forEach(destination -> destinations.add(Cidr.parse(destination)));
    String set = TABLE + " destinations" + family.digit;
    if (scope.complete()) {
      add("flush set " + set);
    }
    if (!all.isEmpty()) {
      add("add element " + set + " { " + String.join(", ", all) + " }");
    }
  }

  private void people(String chain) {
    boolean served = chain.equals("output");
    String next = " goto " + (served ? "captured" : "rejected");
    rule(chain, "meta skuid " + scope.own() + " accept comment \"" + MARK + "\"");
    if (!config.local()) {
      rule(chain, "fib daddr type local accept");
    }
    String fresh = served ? "" : "ct state new ";
    if (config.everybody()) {
      rule(chain, fresh + "meta l4proto tcp" + next);
      return;
    }
    if (!scope.users().isEmpty()) {
      rule(chain, fresh + "meta skuid " + numbers(scope.users()) + next);
    }
    if (!scope.groups().isEmpty()) {
      rule(chain, fresh + "meta skgid " + numbers(scope.groups()) + next);
    }
    for (CaptureScope.Cgroup cgroup : scope.cgroups()) {
      rule(
          chain,
          fresh
              + ("socket cgroupv2 level " + cgroup.level() + " \"" + cgroup.path() + "\"")
              + next
              + (" comment \"cgroup " + cgroup.inode() + "\""));
    }
  }

  private static String numbers(Collection<Long> numbers) {
    return numbers.stream()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private void served(IpFamily family, OptionalInt listener) {
    String chain = listener.isPresent() ? "captured" : "rejected";
    String fate =
        listener.isPresent() ? " redirect to :" + listener.getAsInt() : " reject with tcp reset";
    if (!ports.isEmpty()) {
      String to =
          config.isConfined()
              ? family.header + " daddr @destinations" + family.digit
              : "meta nfproto " + family.protocol;
      rule(chain, to + " tcp dport " + ports + fate);
    }
    if (listener.isPresent()) {
      rule(chain, family.header + " daddr . tcp dport @data" + family.digit + fate);
      rule(
          chain, family.header + " daddr @held" + family.digit + " tcp dport " + DATA_PORTS + fate);
    }
  }

  /** Also where a first packet is sent again, which chains of nat do not see. */
  private void ports(RedirectPorts listeners) {
    String to =
        IntStream.concat(listeners.v4().stream(), listeners.v6().stream())
            .sorted()
            .distinct()
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(", ", "{ ", " }"));
    rule(
        "ports",
        "ct status dnat tcp dport "
            + to
            + " tcp flags & (fin | syn | rst | ack) == syn tcp ackseq set @th,0,32");
  }

  private void rule(String chain, String rule) {
    rules.merge(chain, 1, Integer::sum);
    add("add rule " + TABLE + " " + chain + " " + rule);
  }

  private void add(String command) {
    commands.add(command);
  }

  private String marked(String command) {
    return command.replace(MARK + "\"", MARK + hash + "\"");
  }

  private static String hash(List<String> parts) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** One a line, in the order in which they are carried out, in one transaction. */
  public List<String> commands() {
    return List.copyOf(commands);
  }

  /**
   * Whether the listing of a table, as {@code nft list table} prints it, is of this plan, with as
   * many rules in its chains as it has, and all its destinations. Other chains are somebody else's,
   * and addresses that names had before may still be there.
   */
  public boolean isIn(String listing) {
    Map<String, Integer> loaded = LoadedRules.count(listing);
    return listing.contains(MARK + hash)
        && loaded.entrySet().containsAll(rules.entrySet())
        && LoadedDestinations.of(listing).containAll(destinations);
  }

  /** The commands, for a person and for {@code nft -f}. */
  public String text() {
    return String.join("\n", commands) + "\n";
  }

  @Override
  public String toString() {
    return text();
  }
}
