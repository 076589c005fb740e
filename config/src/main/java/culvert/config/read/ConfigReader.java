package culvert.config.read;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.FtpOptions;
import culvert.config.Limits;
import culvert.config.SshProfile;
import culvert.config.read.CaptureReader.Capture;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.read.ProfileReader.Profile;
import culvert.config.read.RuleReader.ParsedRule;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Mapping;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The whole file: section by section, then what holds between the sections. */
final class ConfigReader {
  static final Key<YamlValue> LISTENERS = Key.optional("listeners", ValueTypes.ANY);
  static final Key<YamlValue> PROFILES = Key.optional("profiles", ValueTypes.ANY);
  static final Key<YamlValue> RULES = Key.optional("rules", ValueTypes.ANY);
  private static final Key<Action> DEFAULT_ACTION =
      Key.of("default-action", ValueTypes.word(Action.values()), "direct");
  static final Key<YamlValue> FTP = Key.optional("ftp", ValueTypes.ANY);
  private static final Key<Boolean> PIN_TUNNELLED =
      Key.of("pin-tunnelled", ValueTypes.BOOLEAN, "true");
  static final Key<YamlValue> LIMITS = Key.optional("limits", ValueTypes.ANY);
  private static final Key<Optional<Endpoint>> ADMIN =
      Key.of("admin", Endpoints.LISTEN_OR_NOT, "''");
  static final Key<YamlValue> AUDIT = Key.optional("audit", ValueTypes.ANY);
  static final Key<YamlValue> CAPTURE = Key.optional("capture", ValueTypes.ANY);

  /** The default is the one without any of the variables that {@link Environment} knows. */
  static final Key<Path> STATE_DIRECTORY =
      Key.of("state-directory", Paths.TYPE, "~/.local/state/culvert");

  static final List<Key<?>> KEYS =
      List.of(
          LISTENERS,
          PROFILES,
          RULES,
          DEFAULT_ACTION,
          FTP,
          PIN_TUNNELLED,
          LIMITS,
          ADMIN,
          STATE_DIRECTORY,
          AUDIT,
          CAPTURE);

  /**
   * A document as read.
   *
   * @param written with everything that it leaves out
   */
  record Read(CulvertConfig config, Mapping written) {}

  private final Section file;
  private final Reading reading;
  private final YamlValue nothing;

  private ConfigReader(Section file, Reading reading) {
    this.file = file;
    this.reading = reading;
    this.nothing = Mapping.empty(file.location());
  }

  /**
   * Reads a document. What comes back is worth something only if no error was reported.
   *
   * @param builtIn the sections that hold where the document has none
   */
  static Read read(YamlValue document, Mapping builtIn, Reading reading) {
    YamlValue all = document instanceof Mapping own ? own.inheriting(builtIn) : document;
    return new ConfigReader(Section.of("file", all, KEYS, reading), reading).read();
  }

  private Read read() {
    List<Listener> listeners =
        file.optional(LISTENERS)
            .map(value -> ListenerReader.read(value, reading))
            .orElse(List.of());
    Map<String, Profile> profiles =
        JumpHosts.resolve(
            ProfileReader.read(file.optional(PROFILES).orElse(nothing), reading),
            reading.problems());
    FtpOptions ftp = FtpReader.read(file.optional(FTP).orElse(nothing), reading);
    List<ParsedRule> rules =
        file.optional(RULES).map(value -> RuleReader.read(value, ftp, reading)).orElse(List.of());
    Action defaultAction = file.get(DEFAULT_ACTION);
    Optional<Endpoint> admin = file.get(ADMIN);
    check(listeners, profiles, rules, defaultAction, ftp, admin);
    Path stateDirectory =
        file.optional(STATE_DIRECTORY).orElseGet(reading.environment()::stateDirectory);
    Map<String, SshProfile> ssh = new LinkedHashMap<>();
    profiles.forEach((name, profile) -> ssh.put(name, profile.ssh()));
    Limits limits = LimitsReader.read(file.optional(LIMITS).orElse(nothing), reading);
    Optional<Capture> capture = capture(listeners);
    CulvertConfig config =
        new CulvertConfig(
            listeners.stream().map(Listener::config).flatMap(Optional::stream).toList(),
            ssh,
            rules.stream().map(ParsedRule::rule).toList(),
            defaultAction,
            ftp,
            file.get(PIN_TUNNELLED),
            limits,
            admin,
            stateDirectory,
            AuditReader.read(file.optional(AUDIT).orElse(nothing), stateDirectory, reading),
            capture.flatMap(Capture::config),
            capture.map(Capture::pseudoAddresses).orElse(CaptureReader.NOBODYS),
            reading.hash(),
            reading.file());
    return new Read(
        config, new WrittenOut(file, limits, stateDirectory).of(listeners, profiles, rules));
  }

  private Optional<Capture> capture(List<Listener> listeners) {
    Optional<Capture> capture =
        file.optional(CAPTURE).map(value -> CaptureReader.read(value, reading));
    capture.ifPresent(read -> CaptureChecks.capture(reading.problems(), read, listeners));
    return capture;
  }

  private void check(
      List<Listener> listeners,
      Map<String, Profile> profiles,
      List<ParsedRule> rules,
      Action defaultAction,
      FtpOptions ftp,
      Optional<Endpoint> admin) {
    Map<String, Profile> judged = new LinkedHashMap<>();
    profiles.forEach((name, profile) -> judged.put(name, profile.asFarAsKnown()));
    List<Listener> ruled = listeners.stream().filter(door -> !door.isFixedTunnel()).toList();
    LoginChecks logins = new LoginChecks(ruled, judged, reading.problems());
    RuleChecks checks = new RuleChecks(ruled, logins, reading.problems());
    rules.forEach(checks::rule);
    checks.defaultAction(defaultAction, ftp.settings(), file.location(DEFAULT_ACTION));
    ListenerChecks doors = new ListenerChecks(judged, logins, reading.problems());
    listeners.forEach(doors::listener);
    doors.admin(admin, file.location(ADMIN));
  }
}
