package culvert.filter;

import static culvert.filter.Rules.known;
import static culvert.filter.Rules.winner;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Action;
import culvert.config.Cidr;
import culvert.config.FallbackReason;
import culvert.config.HostPattern;
import culvert.config.Match;
import culvert.config.PortRange;
import culvert.config.Rule;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The engine against a reference that knows no index and shares no code with it. */
class FilterEnginePropertyTest {

  /** What decides about a rule's matching: conditions, and whether they are there to keep out. */
  record Drawn(Match match, Action action, Set<FallbackReason> fallback) {}

  @Property(tries = 3000)
  void theEngineDecidesAsAScanDoes(
      @ForAll("ruleSets") List<Drawn> drawn, @ForAll("requests") List<ConnectionRequest> requests) {
    Rules rules = rules(drawn);
    CompiledRules compiled = rules.compile();
    for (ConnectionRequest request : requests) {
      String expected = scan(rules.config().rules(), request);
      Explanation explanation = compiled.engine().explain(request);

      assertThat(winner(compiled.engine().decide(request))).isEqualTo(expected);
      assertThat(explanation.decision()).isEqualTo(compiled.engine().decide(request));
      assertThat(explanation.rejected())
          .allSatisfy(rejected -> assertThat(rejected.why()).isNotEmpty());
      if (expected.startsWith("r")) {
        assertThat(explanation.rejected()).hasSize(Integer.parseInt(expected.substring(1)) - 1);
        assertThat(compiled.warnings())
            .as("rules reported as unreachable")
            .noneMatch(warning -> expected.equals("r" + warning.location().line()));
      }
    }
  }

  @Property(tries = 3000)
  void aShadowedRuleMatchesNothingThatTheEarlierOneLeaves(
      @ForAll("ruleSets") List<Drawn> drawn, @ForAll("requests") List<ConnectionRequest> requests) {
    Rules rules = rules(drawn);
    List<Rule> all = rules.config().rules();
    for (RuleWarning warning : rules.compile().warnings()) {
      int shadowed = warning.location().line() - 1;
      for (ConnectionRequest request : requests) {
        String alone = scan(all.subList(shadowed, shadowed + 1), request);
        String earlier = scan(all.subList(0, shadowed), request);
        assertThat(alone.equals("default-action") || !earlier.equals("default-action"))
            .as("%s wins %s", all.get(shadowed), request)
            .isTrue();
      }
    }
  }

  @Property(tries = 1000)
  void aRuleThatMatchesByANameAloneNeverAllowsMorePlaintextThanTheRulesWithoutIt(
      @ForAll("ruleSets") List<Drawn> drawn, @ForAll("requests") List<ConnectionRequest> requests) {
    FilterEngine engine = rules(drawn).compile().engine();
    Map<List<Drawn>, FilterEngine> others = new HashMap<>();
    for (ConnectionRequest request : requests) {
      Decision without =
          others
              .computeIfAbsent(
                  withoutPlaintextByName(drawn, request), less -> rules(less).compile().engine())
              .decide(request);
      if (engine.decide(request) instanceof Decision.Decided decided
          && without instanceof Decision.Decided less) {
        assertThat(plaintext(less.route())).containsAll(plaintext(decided.route()));
        decided
            .rule()
            .filter(rule -> plaintext(less.route()).containsAll(plaintext(rule)))
            .ifPresent(rule -> assertThat(plaintext(decided.route())).isEqualTo(plaintext(rule)));
      }
    }
  }

  private static List<Drawn> withoutPlaintextByName(List<Drawn> drawn, ConnectionRequest request) {
    List<Rule> all = rules(drawn).config().rules();
    return IntStream.range(0, drawn.size())
        .filter(i -> !mayBePlain(all.get(i)) || !isByNameAlone(all.get(i), request))
        .mapToObj(drawn::get)
        .toList();
  }

  private static Set<String> plaintext(Route route) {
    return plaintext(
        route.action(),
        route instanceof Route.FtpTunnel tunnel ? tunnel.fallback().reasons() : Set.of());
  }

  private static Rules rules(List<Drawn> drawn) {
    Rules rules = Rules.redirectedTo("other");
    drawn.forEach(
        rule -> {
          if (rule.action() == Action.FTP_TUNNEL) {
            rules.tunnel(rule.fallback(), rule.match());
          } else {
            rules.add(rule.action(), rule.match());
          }
        });
    return rules;
  }

  /** Of what may send in plaintext only by a name of the address, as little as without it. */
  private static String scan(List<Rule> rules, ConnectionRequest request) {
    List<Rule> safe = new ArrayList<>(rules);
    safe.removeIf(rule -> mayBePlain(rule) && isByNameAlone(rule, request));
    String strict = first(safe, request);
    if (strict.startsWith("needs") || safe.size() == rules.size()) {
      return strict.startsWith("needs") && safe.size() != rules.size()
          ? needed(rules, request, strict)
          : strict;
    }
    Set<String> allowed =
        safe.stream()
            .filter(rule -> rule.name().equals(strict))
            .findFirst()
            .map(FilterEnginePropertyTest::plaintext)
            .orElse(plaintext(Action.DIRECT, Set.of()));
    return first(
        rules.stream()
            .filter(
                rule ->
                    safe.contains(rule)
                        || rule.action() != Action.DIRECT
                        || allowed.containsAll(plaintext(rule)))
            .toList(),
        request);
  }

  /** What is found first must be one of those that are passed over, for others to be asked. */
  private static String needed(List<Rule> rules, ConnectionRequest request, String strict) {
    Rule found =
        IntStream.rangeClosed(1, rules.size())
            .filter(n -> !first(rules.subList(0, n), request).equals("default-action"))
            .mapToObj(n -> rules.get(n - 1))
            .findFirst()
            .orElseThrow();
    return mayBePlain(found) && isByNameAlone(found, request) ? strict : first(rules, request);
  }

  private static boolean mayBePlain(Rule rule) {
    return !plaintext(rule).isEmpty();
  }

  private static Set<String> plaintext(Rule rule) {
    return plaintext(rule.action(), rule.fallback().reasons());
  }

  private static Set<String> plaintext(Action action, Set<FallbackReason> reasons) {
    Set<String> all = new HashSet<>();
    if (action == Action.DIRECT) {
      all.add("always");
      List.of(FallbackReason.values()).forEach(reason -> all.add(reason.toString()));
    } else if (action != Action.BLOCK) {
      reasons.forEach(reason -> all.add(reason.toString()));
    }
    return all;
  }

  private static boolean isByNameAlone(Rule rule, ConnectionRequest request) {
    return mayBeByName(rule, request)
        && rule.match().hosts().stream().noneMatch(h -> matches(h, request.host()));
  }

  private static boolean mayBeByName(Rule rule, ConnectionRequest request) {
    List<String> spelledOut =
        rule.match().hosts().stream()
            .map(HostPattern::text)
            .filter(text -> text.matches("[a-z.]+"))
            .toList();
    return rule.match().hosts().stream().noneMatch(host -> host.text().equals("*"))
        && (rule.match().listeners().isEmpty() || rule.match().listeners().contains("other"))
        && request.names() instanceof DestinationNames.Known known
        && known.names().stream().anyMatch(spelledOut::contains);
  }

  private static String first(List<Rule> rules, ConnectionRequest request) {
    for (Rule rule : rules) {
      Match match = rule.match();
      boolean rest =
          (match.hosts().isEmpty()
                  || match.hosts().stream().anyMatch(h -> matches(h, request.host()))
                  || mayBeByName(rule, request))
              && (match.ports().isEmpty()
                  || match.ports().stream().anyMatch(p -> p.contains(request.port())))
              && (match.clients().isEmpty() || contains(match.clients(), request.client()))
              && (match.listeners().isEmpty() || match.listeners().contains(request.listener()))
              && may(match.osUsers(), request.owner().users())
              && may(match.applications(), request.owner().applications());
      boolean inNetwork =
          match.networks().isEmpty()
              || request.address() instanceof DestinationAddress.NotResolved
              || (request.address() instanceof DestinationAddress.Unresolvable
                  && rule.action() == Action.BLOCK)
              || (request.address() instanceof DestinationAddress.Known known
                  && contains(match.networks(), known.address()));
      if (rest && inNetwork && lacks(match.osUsers(), request.owner().users())) {
        return "needs-os-user";
      }
      if (rest && inNetwork && lacks(match.applications(), request.owner().applications())) {
        return "needs-application";
      }
      if (rest && match.networks().isEmpty()) {
        return rule.name();
      }
      if (rest && request.address() instanceof DestinationAddress.NotResolved) {
        return "needs-address";
      }
      if (rest && inNetwork) {
        return rule.name();
      }
    }
    return "default-action";
  }

  private static boolean lacks(List<String> globs, ClientOwner.Names names) {
    return !globs.isEmpty() && names instanceof ClientOwner.Names.NotLookedUp;
  }

  private static boolean may(List<String> globs, ClientOwner.Names names) {
    return globs.isEmpty()
        || !(names instanceof ClientOwner.Names.Known known)
        || known.names().stream()
            .anyMatch(name -> globs.stream().anyMatch(glob -> Pattern.matches(regex(glob), name)));
  }

  private static boolean contains(List<Cidr> networks, InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private static boolean matches(HostPattern pattern, String host) {
    String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    if (pattern instanceof HostPattern.Regex regex) {
      String text = regex.text();
      return Pattern.compile(text.substring(1, text.length() - 1), Pattern.CASE_INSENSITIVE)
          .matcher(name)
          .matches();
    }
    return Pattern.matches(regex(pattern.text()), name);
  }

  private static String regex(String glob) {
    return glob.chars()
        .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
        .collect(Collectors.joining());
  }

  @Provide
  Arbitrary<List<Drawn>> ruleSets() {
    Arbitrary<List<HostPattern>> hosts = upTo(2, hostPatterns());
    Arbitrary<List<Cidr>> networks = upTo(2, networks());
    Arbitrary<List<PortRange>> ports =
        upTo(
            2,
            Arbitraries.of(
                new PortRange(21, 21),
                new PortRange(22, 22),
                new PortRange(20, 25),
                new PortRange(1, 2000),
                new PortRange(1, 65535)));
    Arbitrary<List<Cidr>> clients = upTo(2, networks());
    Arbitrary<List<String>> listeners = upTo(2, Arbitraries.of("socks", "other"));
    Arbitrary<List<String>> applications =
        rarely(Arbitraries.of("curl", "Curl", "c*", "*", "?ftp", "lftp"));
    Arbitrary<List<String>> osUsers = rarely(Arbitraries.of("batch", "1001", "10*", "*", "root"));
    Arbitrary<Match> matches =
        Combinators.combine(hosts, networks, ports, clients, listeners, applications, osUsers)
            .as(Match::new);
    Arbitrary<Action> actions = Arbitraries.of(Action.BLOCK, Action.DIRECT, Action.FTP_TUNNEL);
    Arbitrary<Set<FallbackReason>> fallback = Arbitraries.of(FallbackReason.class).set();
    return Combinators.combine(matches, actions, fallback).as(Drawn::new).list().ofMaxSize(12);
  }

  /** Mostly empty, so that whole rules match often enough. */
  private static <T> Arbitrary<List<T>> upTo(int most, Arbitrary<T> item) {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.just(List.of())),
        Tuple.of(2, item.list().ofMinSize(1).ofMaxSize(most)));
  }

  private static Arbitrary<List<String>> rarely(Arbitrary<String> item) {
    return Arbitraries.frequencyOf(
        Tuple.of(5, Arbitraries.just(List.of())),
        Tuple.of(1, item.list().ofMinSize(1).ofMaxSize(2)));
  }

  private static Arbitrary<HostPattern> hostPatterns() {
    Arbitrary<String> labels = Arbitraries.of("a", "b", "ab", "*", "?", "a*", "*b", "?b");
    Arbitrary<HostPattern> globs =
        labels.list().ofMinSize(1).ofMaxSize(3).map(list -> Rules.host(String.join(".", list)));
    Arbitrary<HostPattern> others =
        Arbitraries.of("/a.*/", "/.*\\.b/", "/[ab]+/", "10.1.2.3", "10.*", "192.0.2.1")
            .map(Rules::host);
    return Arbitraries.oneOf(globs, globs, others);
  }

  private static Arbitrary<Cidr> networks() {
    return Arbitraries.of(
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.3",
            "0.0.0.0/0",
            "::/0",
            "2001:db8::/32",
            "2001:db8::1",
            "192.0.2.0/24")
        .map(Cidr::parse);
  }

  @Provide
  Arbitrary<List<ConnectionRequest>> requests() {
    Arbitrary<String> addresses =
        Arbitraries.of("10.1.2.3", "10.1.9.9", "10.200.0.1", "192.0.2.1", "2001:db8::1", "::1");
    Arbitrary<String> names =
        Arbitraries.of("a", "b", "ab", "A", "xb")
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(list -> String.join(".", list));
    Arbitrary<DestinationAddress> destinations =
        Arbitraries.oneOf(
            Arbitraries.just(new DestinationAddress.NotResolved()),
            Arbitraries.just(new DestinationAddress.Unresolvable()),
            addresses.map(Rules::known));
    Arbitrary<ConnectionRequest> toNames =
        Combinators.combine(
                names, destinations, ports(), addresses, Arbitraries.of("socks", "other"))
            .as((n, d, p, c, l) -> new ConnectionRequest(n, d, p, Rules.address(c), l));
    Arbitrary<ConnectionRequest> toLiterals =
        Combinators.combine(addresses, ports(), addresses, Arbitraries.of("socks", "other"))
            .as((h, p, c, l) -> new ConnectionRequest(h, known(h), p, Rules.address(c), l));
    Arbitrary<ConnectionRequest> ofAnybody = Arbitraries.oneOf(toNames, toNames, toLiterals);
    return Combinators.combine(ofAnybody, owners(), destinationNames())
        .as(
            (r, o, n) ->
                new ConnectionRequest(
                    r.host(),
                    r.address(),
                    r.port(),
                    r.client(),
                    r.listener(),
                    o,
                    isLiteral(r) && r.listener().equals("other") ? n : DestinationNames.NONE))
        .list()
        .ofSize(20)
        .map(ArrayList::new);
  }

  private static boolean isLiteral(ConnectionRequest request) {
    return request.host().matches("[0-9.]+|.*:.*");
  }

  private static Arbitrary<DestinationNames> destinationNames() {
    return Arbitraries.of("a", "b", "ab", "a.b", "b.a", "x")
        .set()
        .ofMaxSize(3)
        .map(DestinationNames.Known::new);
  }

  private static Arbitrary<ClientOwner> owners() {
    Arbitrary<ClientOwner.Names> users =
        names(
            List.of(
                Set.of("1001", "batch"), Set.of("0", "root", "toor"), Set.of("1002"), Set.of()));
    Arbitrary<ClientOwner.Names> applications =
        names(List.of(Set.of("curl"), Set.of("Curl", "lftp"), Set.of("python3", "job"), Set.of()));
    return Combinators.combine(users, applications).as(ClientOwner::new);
  }

  private static Arbitrary<ClientOwner.Names> names(List<Set<String>> known) {
    return Arbitraries.oneOf(
        Arbitraries.just(new ClientOwner.Names.NotLookedUp()),
        Arbitraries.of(known).map(ClientOwner.Names.Known::new));
  }

  private static Arbitrary<Integer> ports() {
    return Arbitraries.of(21, 22, 80, 1500, 40000);
  }
}
