package culvert.config.read;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.config.FtpSettings;
import culvert.config.ListenerConfig;
import culvert.config.Location;
import culvert.config.Rule;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.read.RuleReader.ParsedRule;
import culvert.config.yaml.Problems;
import culvert.config.yaml.Suggestions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a rule's keys fit each other, and the listeners and profiles that it names. */
final class RuleChecks {
  private final Set<String> listenerNames = new LinkedHashSet<>();
  private final LoginChecks logins;
  private final Problems problems;

  /**
   * @param listeners those whose clients the rules decide about
   */
  RuleChecks(List<Listener> listeners, LoginChecks logins, Problems problems) {
    listeners.forEach(listener -> listenerNames.add(listener.name()));
    listenerNames.add(ListenerConfig.EXEC);
    this.logins = logins;
    this.problems = problems;
  }

  void rule(ParsedRule parsed) {
    Rule rule = parsed.rule();
    listenersOf(parsed);
    Location profile = parsed.section().location(RuleReader.PROFILE);
    boolean known = logins.knownProfile(rule.profile(), "profile", profile);
    @Nullable Action action = parsed.action();
    if (action == null) {
      return;
    }
    boolean tunnels = action == Action.FTP_TUNNEL || action == Action.TUNNEL;
    if (tunnels && known) {
      logins.forAction(action, rule.profile(), rule.match().listeners(), profile);
    }
    if (action == Action.FTP_TUNNEL && known) {
      boolean own = parsed.section().has(RuleReader.FTP);
      Location location = own ? parsed.section().location(RuleReader.FTP) : profile;
      logins.authTls(rule.ftp().settings(), rule.profile(), rule.userAtHost(), location);
    }
    if (!tunnels) {
      withoutTunnel(parsed);
    }
    if (rule.userAtHost() && (action == Action.TUNNEL || action == Action.BLOCK)) {
      problems.warning(
          parsed.section().location(RuleReader.USER_AT_HOST),
          "user-at-host: without effect with action: " + action);
    }
    if (parsed.section().has(RuleReader.FALLBACK_ON) && !plain(parsed)) {
      problems.error(
          parsed.section().location(RuleReader.FALLBACK_ON),
          "fallback-on: without effect (expected: fallback: plain beside it)");
    }
  }

  /** The default action uses the default profile, on every listener. */
  void defaultAction(Action action, FtpSettings settings, Location location) {
    if (action == Action.FTP_TUNNEL || action == Action.TUNNEL) {
      logins.forAction(action, CulvertConfig.DEFAULT_PROFILE, List.of(), location);
    }
    if (action == Action.FTP_TUNNEL) {
      logins.authTls(settings, CulvertConfig.DEFAULT_PROFILE, false, location);
    }
  }

  private void withoutTunnel(ParsedRule parsed) {
    if (plain(parsed)) {
      problems.error(
          parsed.section().location(RuleReader.FALLBACK),
          "fallback: plain with action: "
              + parsed.action()
              + " (expected: none; only a tunnel can fall back)");
    }
    for (Key<?> key : List.<Key<?>>of(RuleReader.PROFILE, RuleReader.TARGET)) {
      if (parsed.section().has(key)) {
        problems.warning(
            parsed.section().location(key),
            key.name() + ": without effect with action: " + parsed.action());
      }
    }
  }

  private static boolean plain(ParsedRule parsed) {
    return parsed.section().get(RuleReader.FALLBACK).equals("plain");
  }

  private void listenersOf(ParsedRule parsed) {
    @Nullable Section match = parsed.match();
    if (match == null) {
      return;
    }
    List<String> names = parsed.rule().match().listeners();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (!listenerNames.contains(name)) {
        problems.error(
            match.location(MatchReader.LISTENER, i),
            "listener: " + Suggestions.unknown(name, listenerNames, "a listener's name"));
      }
    }
  }
}
