package culvert.filter;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FtpOptions;
import culvert.config.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds the first matching rule through an index. There is one index for each state of knowledge
 * about the destination's address and names and the client's owner, so that rules that ask for them
 * are found, or left out, without trying them.
 */
final class IndexedFilterEngine implements FilterEngine {
  private static final boolean[] NO = {false};
  private static final boolean[] BOTH = {false, true};

  private final CulvertConfig config;
  private final List<CompiledRule> rules;
  private final Set<String> names;
  private final boolean asksForOsUser;
  private final boolean asksForApplication;
  private final Map<State, RuleIndex> indexes = new HashMap<>();

  /** What is known; of what no rule asks for, nothing is. */
  private record State(
      Subject.Knowledge address, boolean names, boolean osUser, boolean application) {}

  IndexedFilterEngine(CulvertConfig config, List<CompiledRule> rules) {
    this.config = config;
    this.rules = List.copyOf(rules);
    names =
        rules.stream()
            .flatMap(rule -> rule.names().stream())
            .collect(Collectors.toUnmodifiableSet());
    asksForOsUser = rules.stream().anyMatch(rule -> !rule.osUsers().isUnconditional());
    asksForApplication = rules.stream().anyMatch(rule -> !rule.applications().isUnconditional());
    for (Subject.Knowledge address : Subject.Knowledge.values()) {
      for (boolean osUser : asksForOsUser ? BOTH : NO) {
        for (boolean application : asksForApplication ? BOTH : NO) {
          add(new State(address, true, osUser, application));
          if (address == Subject.Knowledge.KNOWN && !names.isEmpty()) {
            add(new State(address, false, osUser, application));
          }
        }
      }
    }
  }

  private void add(State state) {
    indexes.put(state, index(state));
  }

  private RuleIndex index(State state) {
    Set<RuleKey.Condition> conditions = EnumSet.allOf(RuleKey.Condition.class);
    if (state.address() != Subject.Knowledge.KNOWN) {
      conditions.remove(RuleKey.Condition.DESTINATION);
    }
    if (!state.names()) {
      conditions.remove(RuleKey.Condition.HOST);
    }
    if (!state.osUser()) {
      conditions.remove(RuleKey.Condition.OS_USER);
    }
    if (!state.application()) {
      conditions.remove(RuleKey.Condition.APPLICATION);
    }
    boolean mayResolve = state.address() != Subject.Knowledge.UNRESOLVABLE;
    return RuleIndex.of(rules, rule -> mayResolve || rule.matchesUnresolvable(), conditions);
  }

  private RuleIndex index(Subject subject) {
    return Objects.requireNonNull(
        indexes.get(
            new State(
                subject.knowledge(),
                names.isEmpty() || subject.names() instanceof DestinationNames.Known,
                asksForOsUser && subject.owner().users() instanceof ClientOwner.Names.Known,
                asksForApplication
                    && subject.owner().applications() instanceof ClientOwner.Names.Known)));
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public Decision decide(ConnectionRequest request) {
    Subject subject = Subject.of(request);
    int found = first(subject, rule -> true);
    if (found == RuleIndex.NONE || !isPlaintextByName(rules.get(found), subject)) {
      return decision(found, subject);
    }
    Decision without = decision(first(subject, rule -> !isPlaintextByName(rule, subject)), subject);
    return without instanceof Decision.Decided strict ? decision(subject, strict) : without;
  }

  /**
   * Of a destination with names.
   *
   * @param strict what those rules say that allow no plaintext by a name alone
   */
  private Decision decision(Subject subject, Decision.Decided strict) {
    int found = first(subject, rule -> !isPassedOver(rule, subject, strict));
    Decision decision = decision(found, subject);
    return decision instanceof Decision.Decided decided
            && found != RuleIndex.NONE
            && allowsMoreByName(rules.get(found), subject, strict)
        ? new Decision.Decided(decided.rule(), decided.route().withoutFallback())
        : decision;
  }

  private int first(Subject subject, Predicate<CompiledRule> among) {
    return index(subject)
        .first(
            Probe.of(subject),
            i -> rules.get(i).test(subject) != CompiledRule.Verdict.NO && among.test(rules.get(i)));
  }

  private static boolean isPlaintextByName(CompiledRule rule, Subject subject) {
    return !Plaintext.of(rule.rule()).isNever() && rule.matchesByNameAlone(subject);
  }

  private static boolean isPassedOver(
      CompiledRule rule, Subject subject, Decision.Decided decided) {
    return rule.rule().action() == Action.DIRECT && allowsMoreByName(rule, subject, decided);
  }

  private static boolean allowsMoreByName(
      CompiledRule rule, Subject subject, Decision.Decided decided) {
    return isPlaintextByName(rule, subject)
        && !Plaintext.of(decided.route()).includes(Plaintext.of(rule.rule()));
  }

  @Override
  public Explanation explain(ConnectionRequest request) {
    Subject subject = Subject.of(request);
    Decision decision = decide(request);
    List<Explanation.Rejected> rejected = new ArrayList<>();
    Optional<String> withheld = Optional.empty();
    for (CompiledRule rule : rules) {
      boolean matches = rule.test(subject) != CompiledRule.Verdict.NO;
      if (matches
          && !(decision instanceof Decision.Decided decided
              && isPassedOver(rule, subject, decided))) {
        if (decision instanceof Decision.Decided decided
            && allowsMoreByName(rule, subject, decided)) {
          withheld = Optional.of(Reasons.withoutFallback(rule, subject));
        }
        break;
      }
      rejected.add(
          new Explanation.Rejected(
              rule.rule(),
              matches ? Reasons.passedOver(rule, subject) : Reasons.whyNot(rule, subject)));
    }
    return new Explanation(decision, rejected, withheld);
  }

  private Decision decision(int found, Subject subject) {
    return found == RuleIndex.NONE
        ? byDefault(subject.port())
        : decision(rules.get(found), subject);
  }

  private Decision decision(CompiledRule rule, Subject subject) {
    return switch (rule.test(subject)) {
      case NEEDS_NAMES -> new Decision.NeedsNames();
      case NEEDS_ADDRESS -> new Decision.NeedsAddress();
      case NEEDS_OS_USER -> new Decision.NeedsOsUser();
      case NEEDS_APPLICATION -> new Decision.NeedsApplication();
      case YES, NO ->
          new Decision.Decided(Optional.of(rule.rule()), route(rule.rule(), subject.port()));
    };
  }

  private Decision byDefault(int port) {
    Route route =
        route(
            config.defaultAction(),
            CulvertConfig.DEFAULT_PROFILE,
            Optional.empty(),
            Fallback.NONE,
            new FtpHandling(config.ftp().settings(), false),
            isFtp(config.ftp(), port));
    return new Decision.Decided(Optional.empty(), route);
  }

  private static Route route(Rule rule, int port) {
    return route(
        rule.action(),
        rule.profile(),
        rule.target(),
        rule.fallback(),
        new FtpHandling(rule.ftp().settings(), rule.userAtHost()),
        isFtp(rule.ftp(), port));
  }

  private static Route route(
      Action action,
      String profile,
      Optional<Endpoint> target,
      Fallback fallback,
      FtpHandling ftp,
      boolean ftpPort) {
    return switch (action) {
      case DIRECT -> new Route.Direct(ftpPort ? Optional.of(ftp) : Optional.empty());
      case TUNNEL -> new Route.Tunnel(profile, target, fallback);
      case FTP_TUNNEL -> new Route.FtpTunnel(profile, target, fallback, ftp);
      case BLOCK -> new Route.Block();
    };
  }

  private static boolean isFtp(FtpOptions ftp, int port) {
    return ftp.ports().stream().anyMatch(range -> range.contains(port));
  }
}
