package culvert.config.read;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FallbackReason;
import culvert.config.Found;
import culvert.config.FtpOptions;
import culvert.config.Location;
import culvert.config.Match;
import culvert.config.Rule;
import culvert.config.yaml.Suggestions;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Mapping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The section {@code rules}. */
final class RuleReader {
  /** What the log and {@code explain} call the case that no rule matches. */
  private static final String RESERVED_NAME = "default-action";

  private static final String A_TARGET = "requested, or host:port as seen from the SSH server";

  static final Key<String> NAME = Key.optional("name", ValueTypes.NAME);
  private static final Key<Mapping> MATCH = Key.optional("match", ValueTypes.MAPPING);
  static final Key<Action> ACTION = Key.optional("action", ValueTypes.word(Action.values()));
  static final Key<String> PROFILE =
      Key.of("profile", ValueTypes.NAME, CulvertConfig.DEFAULT_PROFILE);
  static final Key<Optional<Endpoint>> TARGET =
      Key.of("target", ValueTypes.scalar(A_TARGET, RuleReader::target), "requested");
  static final Key<Boolean> USER_AT_HOST = Key.of("user-at-host", ValueTypes.BOOLEAN, "false");
  static final Key<String> FALLBACK = Key.of("fallback", ValueTypes.word("none", "plain"), "none");
  static final Key<List<FallbackReason>> FALLBACK_ON =
      Key.of(
          "fallback-on",
          ValueTypes.someOf("reason", ValueTypes.word(FallbackReason.values())),
          "[unreachable, no-identity, auth-failed, forwarding-refused, target-unreachable]");
  static final Key<Mapping> FTP = Key.optional("ftp", ValueTypes.MAPPING);

  static final List<Key<?>> KEYS =
      List.of(NAME, MATCH, ACTION, PROFILE, TARGET, USER_AT_HOST, FALLBACK, FALLBACK_ON, FTP);

  private static final Map<String, List<Key<?>>> NESTED =
      Map.of(MATCH.name(), MatchReader.KEYS, FTP.name(), FtpReader.KEYS);

  /**
   * A rule as read.
   *
   * @param action null if it is wrong or missing
   * @param match null if the rule has none
   */
  record ParsedRule(Rule rule, @Nullable Action action, Section section, @Nullable Section match) {
    /** Whether the key does anything in such a rule. */
    boolean takes(Key<?> key) {
      boolean tunnels = action == Action.FTP_TUNNEL || action == Action.TUNNEL;
      if (key.equals(PROFILE) || key.equals(TARGET) || key.equals(FALLBACK)) {
        return tunnels;
      }
      if (key.equals(USER_AT_HOST)) {
        return action == Action.FTP_TUNNEL || action == Action.DIRECT;
      }
      return !key.equals(FALLBACK_ON) || !rule.fallback().reasons().isEmpty();
    }
  }

  private final Reading reading;
  private final FtpOptions ftp;
  private final Map<String, Location> names = new HashMap<>();

  private RuleReader(FtpOptions ftp, Reading reading) {
    this.reading = reading;
    this.ftp = ftp;
  }

  /**
   * Reads the rules.
   *
   * @param ftp the file's {@code ftp} section
   */
  static List<ParsedRule> read(YamlValue value, FtpOptions ftp, Reading reading) {
    RuleReader reader = new RuleReader(ftp, reading);
    List<ParsedRule> rules = new ArrayList<>();
    for (Mapping mapping : Lists.mappings("rules", value, reading)) {
      rules.add(reader.rule(mapping, rules.size() + 1));
    }
    return rules;
  }

  private ParsedRule rule(Mapping mapping, int number) {
    Section section = Section.of("rules", mapping, KEYS, NESTED, reading);
    @Nullable Action action = section.optional(ACTION).orElse(null);
    if (!section.has(ACTION)) {
      reading.error(
          section.location(),
          "a rule without action (expected: ftp-tunnel, tunnel, direct, block)");
    }
    @Nullable Section match =
        section
            .optional(MATCH)
            .map(keys -> Section.of("match", keys, MatchReader.KEYS, reading))
            .orElse(null);
    Rule rule =
        new Rule(
            name(section, number),
            section.location(),
            match == null ? Match.ANYTHING : MatchReader.read(match, reading),
            action == null ? Action.BLOCK : action,
            section.get(PROFILE),
            section.get(TARGET),
            section.get(USER_AT_HOST),
            fallback(section),
            section.optional(FTP).map(keys -> FtpReader.override(keys, ftp, reading)).orElse(ftp));
    return new ParsedRule(rule, action, section, match);
  }

  private String name(Section section, int number) {
    String name = section.optional(NAME).orElse("rule-" + number);
    @Nullable Location first = names.putIfAbsent(name, section.location(NAME));
    if (first != null) {
      reading.error(
          section.location(NAME),
          "name: a second rule "
              + Found.quoted(name)
              + " (the first is on line "
              + first.line()
              + ")");
    }
    if (name.equals(RESERVED_NAME)) {
      reading.error(section.location(NAME), "name: " + name + " is what no rule matches");
    }
    return name;
  }

  private static Fallback fallback(Section section) {
    List<FallbackReason> reasons = section.get(FALLBACK_ON);
    return section.get(FALLBACK).equals("plain")
        ? new Fallback(Set.copyOf(reasons))
        : Fallback.NONE;
  }

  private static Optional<Endpoint> target(String text) {
    if (text.equals("requested")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Endpoints.target(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Found.message(text, A_TARGET + Suggestions.didYouMean(text, List.of("requested"))), e);
    }
  }
}
