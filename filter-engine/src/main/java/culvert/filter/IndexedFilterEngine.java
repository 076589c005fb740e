package culvert.filter;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FtpOptions;
import culvert.config.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the first matching rule through an index. There is one index for each state of knowledge
 * about the destination's address, so that rules with networks are found, or left out, without
 * trying them.
 */
final class IndexedFilterEngine implements FilterEngine {
  private final CulvertConfig config;
  private final List<CompiledRule> rules;
  private final RuleIndex known;
  private final RuleIndex notResolved;
  private final RuleIndex unresolvable;

  IndexedFilterEngine(CulvertConfig config, List<CompiledRule> rules) {
    this.config = config;
    this.rules = List.copyOf(rules);
    Set<RuleKey.Condition> all = EnumSet.allOf(RuleKey.Condition.class);
    Set<RuleKey.Condition> withoutAddress =
        EnumSet.complementOf(EnumSet.of(RuleKey.Condition.DESTINATION));
    Predicate<CompiledRule> withoutNetworks = rule -> rule.networks().isUnconditional();
    known = RuleIndex.of(rules, rule -> true, all);
    notResolved = RuleIndex.of(rules, rule -> true, withoutAddress);
    unresolvable = RuleIndex.of(rules, withoutNetworks, withoutAddress);
  }

  private RuleIndex index(Subject.Knowledge knowledge) {
    return switch (knowledge) {
      case KNOWN -> known;
      case NOT_RESOLVED -> notResolved;
      case UNRESOLVABLE -> unresolvable;
    };
  }

  @Override
  public Decision decide(ConnectionRequest request) {
    Subject subject = Subject.of(request);
    int found =
        index(subject.knowledge())
            .first(Probe.of(subject), i -> rules.get(i).test(subject) != CompiledRule.Verdict.NO);
    return found == RuleIndex.NONE
        ? byDefault(request.port())
        : decision(rules.get(found), subject);
  }

  @Override
  public Explanation explain(ConnectionRequest request) {
    Subject subject = Subject.of(request);
    List<Explanation.Rejected> rejected = new ArrayList<>();
    for (CompiledRule rule : rules) {
      if (rule.test(subject) != CompiledRule.Verdict.NO) {
        return new Explanation(decision(rule, subject), rejected);
      }
      rejected.add(new Explanation.Rejected(rule.rule(), Reasons.whyNot(rule, subject)));
    }
    return new Explanation(byDefault(request.port()), rejected);
  }

  private Decision decision(CompiledRule rule, Subject subject) {
    return rule.test(subject) == CompiledRule.Verdict.NEEDS_ADDRESS
        ? new Decision.NeedsAddress()
        : new Decision.Decided(Optional.of(rule.rule()), route(rule.rule(), subject.port()));
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
