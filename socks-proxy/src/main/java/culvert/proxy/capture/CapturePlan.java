package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The table {@code inet culvert}, as commands for nft(8). A pure function of the configuration and
 * of what its names stand for. To carry all of them out at once makes of any plan that is there
 * this one, and leaves alone what the sets of expected data connections hold.
 *
 * <p>A plan of the table {@code inet culvert_data} is the same for these sets alone: it is the
 * running Culvert's own, whatever becomes of the other one.
 *
 * <pre>
 *   output      nat: who is captured; first of all, Culvert itself is not
 *   captured    which of their connections are, by family: those go to the redirect listener
 *   unserved    filter: the same people, for a family without a listener
 *   rejected    which of their connections are rejected
 *   ports       filter: keeps in what is captured the client's own port, which NAT may change
 * </pre>
 *
 * For other hosts than this one there are further chains: {@link ForwardedRules}.
 */
public final class CapturePlan {
  static final String TABLE = "inet culvert";
  static final String DATA_TABLE = "inet culvert_data";

  /** Those that the running Culvert fills, in both tables. */
  static final List<String> SETS = List.of("data4", "data6", "held4", "held6");

  private static final String STAMP = "culvert plan ";

  /** With what they are made of. */
  private static final Map<String, String> CHAINS = new LinkedHashMap<>();

  static {
    CHAINS.put("output", " { type nat hook output priority -100; policy accept; }");
    CHAINS.put("captured", "");
    CHAINS.put("unserved", " { type filter hook output priority 0; policy accept; }");
    CHAINS.put("rejected", "");
    CHAINS.put("ports", " { type filter hook output priority 0; policy accept; }");
    CHAINS.putAll(ForwardedRules.CHAINS);
  }

  private final List<String> commands = new ArrayList<>();
  private final String table;
  private final boolean owned;
  private final Map<String, Integer> rules = new LinkedHashMap<>();
  private final CaptureConfig config;
  private final CaptureScope scope;
  private final CapturedTraffic traffic;
  private final List<Cidr> destinations = new ArrayList<>();
  private final String hash;

  private CapturePlan(
      String table,
      CaptureConfig config,
      CaptureScope scope,
      PortSet ports,
      List<ListenerConfig> listeners) {
    this.table = table;
    this.owned = table.equals(DATA_TABLE) || config.onCrash() == OnCrash.OPEN;
    this.config = config;
    this.scope = scope;
    this.traffic = new CapturedTraffic(ports, config.isConfined());
    CHAINS.keySet().forEach(chain -> rules.put(chain, 0));
    rule("output", own() + " comment \"" + STAMP + "\"");
    if (config.isOfThisHost()) {
      ofThisHost(RedirectPorts.of(listeners));
    }
    ForwardedRules.make(config, traffic, RedirectPorts.ofOthers(listeners), this::rule);
    List<String> body = List.copyOf(commands);
    commands.clear();
    foundations();
    hash =
        hash(
            List.of(
                String.join("\n", commands),
                config.networks() + " " + config.names() + " " + config.forwarded(),
                String.join("\n", body)));
    for (IpFamily family : IpFamily.values()) {
      destinations(family);
      fill("forwarded", family, networks(family, config.forwarded()), true);
    }
    body.stream().map(this::stamped).forEach(commands::add);
  }

  /**
   * The plan of a configuration with a section {@code capture}.
   *
   * @throws IllegalArgumentException if it has none, or captures Culvert itself
   */
  public static CapturePlan of(CulvertConfig config, CaptureScope scope) {
    return of(config, config.listeners(), scope);
  }

  /**
   * The same.
   *
   * @param listeners those that are bound, whatever the configuration has
   */
  static CapturePlan of(CulvertConfig config, List<ListenerConfig> listeners, CaptureScope scope) {
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
    return new CapturePlan(TABLE, capture, scope, PortSet.of(config), listeners);
  }

  /**
   * The plan for nothing but data connections that were announced.
   *
   * @param captured whose
   * @param listeners those that are bound
   */
  static CapturePlan ofData(
      CaptureConfig captured, List<ListenerConfig> listeners, CaptureScope scope) {
    return new CapturePlan(DATA_TABLE, captured, scope, new PortSet(List.of()), listeners);
  }

  /** What a table is made of, if there is none. */
  private void foundations() {
    add("add table " + table + (owned ? TableCommands.OWNED : ""));
    for (IpFamily family : IpFamily.values()) {
      set("data", family, family.type + " . inet_service; flags timeout;");
      set("held", family, family.type + "; flags timeout;");
      set("destinations", family, family.type + "; flags interval; auto-merge;");
      set("forwarded", family, family.type + "; flags interval; auto-merge;");
    }
    CHAINS.forEach((chain, made) -> add("add chain " + table + " " + chain + made));
    rules.keySet().forEach(chain -> add("flush chain " + table + " " + chain));
  }

  private void set(String name, IpFamily family, String type) {
    add("add set " + table + " " + name + family.digit + " { type " + type + " }");
  }

  /** What is there stays, while it is not known of each name what it stands for now. */
  private void destinations(IpFamily family) {
    Set<String> all = new TreeSet<>(networks(family, config.networks()));
    for (InetAddress address : scope.addresses()) {
      if (IpFamily.of(address) == family) {
        all.add(IpFamily.text(address));
      }
    }
    all.forEach(destination -> destinations.add(Cidr.parse(destination)));
    fill("destinations", family, all, scope.complete());
  }

  private static Set<String> networks(IpFamily family, List<Cidr> networks) {
    return networks.stream()
        .filter(network -> IpFamily.of(network.address()) == family)
        .map(Cidr::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void fill(String name, IpFamily family, Set<String> elements, boolean anew) {
    String set = table + " " + name + family.digit;
    if (anew) {
      add("flush set " + set);
    }
    if (!elements.isEmpty()) {
      add("add element " + set + " { " + String.join(", ", elements) + " }");
    }
  }

  private void ofThisHost(RedirectPorts listeners) {
    people("output", "", "captured");
    for (IpFamily family : IpFamily.values()) {
      served(family, listeners.of(family.isIpv6()));
    }
    if (listeners.v4().isEmpty() || listeners.v6().isEmpty()) {
      rule("unserved", own());
      people("unserved", "ct state new ", "rejected");
    }
    ports(listeners);
  }

  private String own() {
    return "meta skuid " + scope.own() + " accept";
  }

  private void people(String chain, String fresh, String goTo) {
    String next = " goto " + goTo;
    if (!config.local()) {
      rule(chain, "fib daddr type local accept");
    }
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
    if (listener.isPresent()) {
      String fate = " redirect to :" + listener.getAsInt();
      traffic.of(family).forEach(match -> rule("captured", match + fate));
    } else {
      traffic.control(family).forEach(match -> rule("rejected", match + " reject with tcp reset"));
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
    add("add rule " + table + " " + chain + " " + rule);
  }

  private void add(String command) {
    commands.add(command);
  }

  private String stamped(String command) {
    return command.replace(STAMP + "\"", STAMP + hash + "\"");
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
    return listing.contains(STAMP + hash)
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
