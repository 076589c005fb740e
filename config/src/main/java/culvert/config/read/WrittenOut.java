package culvert.config.read;

import culvert.config.CulvertConfig;
import culvert.config.Limits;
import culvert.config.Location;
import culvert.config.Written;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.read.ProfileReader.Profile;
import culvert.config.read.RuleReader.ParsedRule;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Entry;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Scalar;
import culvert.config.yaml.YamlValue.Sequence;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a file out in full: each key with what holds. A default that would change what a key says
 * by standing there is left out: where a profile uses {@code ssh-config}, what it writes wins over
 * those files, and what it leaves out does not.
 */
final class WrittenOut {
  private static final Set<ValueType<?>> SECRET =
      Set.of(Secrets.SECRET, Secrets.PASSWORD, Secrets.USERS);

  private final Section file;
  private final Limits limits;
  private final Path stateDirectory;

  /**
   * @param limits one default of theirs follows from another value
   * @param stateDirectory whose default follows from the environment
   */
  WrittenOut(Section file, Limits limits, Path stateDirectory) {
    this.file = file;
    this.limits = limits;
    this.stateDirectory = stateDirectory;
  }

  Mapping of(List<Listener> listeners, Map<String, Profile> profiles, List<ParsedRule> rules) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Key<?> key : ConfigReader.KEYS) {
      Location at = file.location(key);
      if (key.equals(ConfigReader.LISTENERS)) {
        put(entries, key, list(at, listeners.stream().map(Listener::written).toList()));
      } else if (key.equals(ConfigReader.PROFILES)) {
        put(entries, key, profiles(at, profiles));
      } else if (key.equals(ConfigReader.RULES)) {
        put(entries, key, list(at, rules.stream().map(this::rule).toList()));
      } else if (key.equals(ConfigReader.FTP)) {
        put(entries, key, section(key, FtpReader.KEYS));
      } else if (key.equals(ConfigReader.LIMITS)) {
        put(entries, key, limits());
      } else if (key.equals(ConfigReader.AUDIT)) {
        put(entries, key, audit());
      } else if (key.equals(ConfigReader.CAPTURE)) {
        file.written(key).ifPresent(own -> put(entries, key, section(key, CaptureReader.KEYS)));
      } else if (key.equals(ConfigReader.STATE_DIRECTORY) && !file.has(key)) {
        entries.put(key.name(), text(stateDirectory.toString(), at));
      } else {
        file.written(key).ifPresent(entry -> entries.put(key.name(), entry));
      }
    }
    return new Mapping(file.location(), entries);
  }

  private static void put(Map<String, Entry> entries, Key<?> key, YamlValue value) {
    entries.put(key.name(), new Entry(value.location(), value));
  }

  private static Sequence list(Location location, List<? extends YamlValue> items) {
    return new Sequence(location, List.copyOf(items));
  }

  private Mapping section(Key<?> key, List<Key<?>> keys) {
    return section(key, keys, Map.of());
  }

  private Mapping section(Key<?> key, List<Key<?>> keys, Map<String, Entry> base) {
    return all(
        file.written(key).map(Entry::value).orElse(Mapping.empty(file.location())), keys, base);
  }

  /** A section's keys, in the order of the documentation. */
  private static Mapping all(YamlValue value, List<Key<?>> keys, Map<String, Entry> base) {
    Mapping own = value instanceof Mapping mapping ? mapping : Mapping.empty(value.location());
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Key<?> key : keys) {
      own.entry(key.name())
          .or(() -> Optional.ofNullable(base.get(key.name())))
          .or(
              () ->
                  Optional.ofNullable(key.standard())
                      .map(standard -> new Entry(own.location(), standard)))
          .ifPresent(entry -> entries.put(key.name(), entry));
    }
    return new Mapping(own.location(), entries);
  }

  private Mapping limits() {
    Entry half = text(Integer.toString(limits.beforeLogin()), file.location());
    return section(
        ConfigReader.LIMITS, LimitsReader.KEYS, Map.of(LimitsReader.BEFORE_LOGIN.name(), half));
  }

  private YamlValue audit() {
    return file.written(ConfigReader.AUDIT)
        .map(Entry::value)
        .filter(Scalar.class::isInstance)
        .orElseGet(() -> section(ConfigReader.AUDIT, AuditReader.KEYS));
  }

  private static Mapping profiles(Location location, Map<String, Profile> profiles) {
    boolean bare = profiles.values().stream().anyMatch(p -> p.ssh().sshConfig().isPresent());
    Map<String, Entry> entries = new LinkedHashMap<>();
    profiles.forEach(
        (name, profile) -> {
          boolean inherited = name.equals(CulvertConfig.DEFAULT_PROFILE);
          boolean given = profile.ssh().sshConfig().isPresent() || (inherited && bare);
          Mapping keys = profile(profile.section(), given);
          entries.put(name, new Entry(keys.location(), keys));
        });
    return new Mapping(location, entries);
  }

  private static Mapping profile(Section section, boolean onlyGiven) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Key<?> key : ProfileReader.KEYS) {
      if (!onlyGiven || section.has(key)) {
        section.written(key).ifPresent(entry -> entries.put(key.name(), hidden(key, entry)));
      }
    }
    return new Mapping(section.location(), entries);
  }

  private Mapping rule(ParsedRule rule) {
    Section section = rule.section();
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Key<?> key : RuleReader.KEYS) {
      if (key.equals(RuleReader.NAME)) {
        entries.put(key.name(), text(rule.rule().name(), section.location()));
      } else if (section.has(key) || rule.takes(key)) {
        section.written(key).ifPresent(entry -> entries.put(key.name(), entry));
      }
    }
    if (section.has(RuleReader.FTP)) {
      YamlValue own = section.written(RuleReader.FTP).orElseThrow().value();
      Map<String, Entry> base = section(ConfigReader.FTP, FtpReader.KEYS).entries();
      put(entries, RuleReader.FTP, all(own, FtpReader.KEYS, base));
    }
    return new Mapping(section.location(), entries);
  }

  /** What the file does not say in these words. */
  static Entry text(String text, Location location) {
    return new Entry(location, new Scalar(location, text, true, false));
  }

  /** The same without a secret that stands in the file itself. */
  static Entry hidden(Key<?> key, Entry entry) {
    return SECRET.contains(key.type())
        ? new Entry(entry.keyLocation(), hidden(entry.value()))
        : entry;
  }

  private static YamlValue hidden(YamlValue value) {
    if (value instanceof Mapping users) {
      Map<String, Entry> entries = new LinkedHashMap<>();
      users
          .entries()
          .forEach(
              (name, entry) ->
                  entries.put(name, new Entry(entry.keyLocation(), hidden(entry.value()))));
      return new Mapping(users.location(), entries);
    }
    return value instanceof Scalar scalar && !isPublic(scalar.text())
        ? new Scalar(scalar.location(), Written.HIDDEN, false, false)
        : value;
  }

  private static boolean isPublic(String text) {
    return text.equals(Secrets.FROM_FTP) || Interpolation.isNothingElse(text);
  }
}
