package culvert.config.read;

import culvert.config.AlgorithmKind;
import culvert.config.AuthMethod;
import culvert.config.CulvertConfig;
import culvert.config.Found;
import culvert.config.HostKeyPolicy;
import culvert.config.ProfileKey;
import culvert.config.RekeyLimit;
import culvert.config.Secret;
import culvert.config.SshAlgorithms;
import culvert.config.SshConfig;
import culvert.config.SshLogin;
import culvert.config.SshPooling;
import culvert.config.SshProfile;
import culvert.config.SshTimeouts;
import culvert.config.SshUser;
import culvert.config.SshWay;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Entry;
import culvert.config.yaml.YamlValue.Mapping;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The section {@code profiles}. */
final class ProfileReader {
  private static final Pattern PROXY_URL = Pattern.compile("(socks5|http)://(.+)");
  private static final String A_PROXY = "socks5://host:port or http://host:port";

  /** To YAML 1.1, and so to many tools, an unquoted {@code yes} is {@code true}. */
  private static final ValueType<String> STRICTNESS =
      ValueTypes.word(Map.of("true", "yes"), List.of("yes", "accept-new"));

  private static final ValueType<List<Path>> PATHS = ValueTypes.listOf(Paths.TYPE);

  private static final Key<Optional<String>> HOST = Key.optional(ProfileKey.HOST, Endpoints.HOST);
  private static final Key<Integer> PORT = Key.of(ProfileKey.PORT, Endpoints.PORT_NUMBER, "22");
  private static final Key<SshUser> USER =
      Key.of(
          ProfileKey.USER,
          ValueTypes.scalar("from-ftp, from-socks or a name", SshUsers::parse),
          "from-ftp");
  private static final Key<List<AuthMethod>> AUTHENTICATION =
      Key.of(
          ProfileKey.AUTHENTICATION,
          ValueTypes.distinct(ValueTypes.someOf("method", ValueTypes.word(AuthMethod.values()))),
          "[publickey, keyboard-interactive, password]");
  private static final Key<Optional<Secret>> PASSWORD =
      Key.of(ProfileKey.PASSWORD, Secrets.PASSWORD, "from-ftp");
  private static final Key<Charset> CHARSET =
      Key.of(ProfileKey.CHARSET, ValueTypes.CHARSET, "UTF-8");
  private static final Key<String> STRICT_HOST_KEY_CHECKING =
      Key.of(ProfileKey.STRICT_HOST_KEY_CHECKING, STRICTNESS, "accept-new");
  private static final Key<List<Path>> KNOWN_HOSTS =
      Key.of(
          ProfileKey.KNOWN_HOSTS,
          ValueTypes.someOf("file", Paths.TYPE),
          "[~/.ssh/known_hosts, /etc/ssh/ssh_known_hosts]");
  private static final Key<List<Path>> IDENTITY_FILE =
      Key.of(ProfileKey.IDENTITY_FILE, PATHS, "[]");
  private static final Key<Secret> IDENTITY_PASSPHRASE =
      Key.optional(ProfileKey.IDENTITY_PASSPHRASE, Secrets.SECRET);
  private static final Key<Boolean> IDENTITIES_ONLY =
      Key.of(ProfileKey.IDENTITIES_ONLY, ValueTypes.BOOLEAN, "false");
  private static final Key<Optional<String>> HOST_KEY_ALIAS =
      Key.optional(ProfileKey.HOST_KEY_ALIAS, Endpoints.HOST);
  private static final Key<Boolean> CHECK_HOST_IP =
      Key.of(ProfileKey.CHECK_HOST_IP, ValueTypes.BOOLEAN, "false");
  private static final Key<Duration> CONNECT_TIMEOUT =
      Key.of(ProfileKey.CONNECT_TIMEOUT, Quantities.positiveDuration(), "4s");
  private static final Key<Duration> LOGIN_TIMEOUT =
      Key.of(ProfileKey.LOGIN_TIMEOUT, Quantities.positiveDuration(), "10s");
  private static final Key<Duration> SERVER_ALIVE_INTERVAL =
      Key.of(ProfileKey.SERVER_ALIVE_INTERVAL, Quantities.duration(), "15s");
  private static final Key<Integer> SERVER_ALIVE_COUNT_MAX =
      Key.of(ProfileKey.SERVER_ALIVE_COUNT_MAX, ValueTypes.integer(1, 1000), "3");
  private static final Key<RekeyLimit> REKEY_LIMIT =
      Key.of(ProfileKey.REKEY_LIMIT, RekeyLimits.TYPE, "64GiB");
  private static final Key<Duration> IDLE_TIMEOUT =
      Key.of(ProfileKey.IDLE_TIMEOUT, Quantities.duration(), "60s");
  private static final Key<Duration> MAX_LIFETIME =
      Key.of(ProfileKey.MAX_LIFETIME, Quantities.positiveDuration(), "12h");
  private static final Key<Integer> CONNECTIONS =
      Key.of(ProfileKey.CONNECTIONS, ValueTypes.integer(1, 100), "2");
  private static final Key<Duration> REFUSED_LOGIN_MEMORY =
      Key.of(ProfileKey.REFUSED_LOGIN_MEMORY, Quantities.duration(), "60s");
  private static final Key<String> IDENTITY_AGENT =
      Key.of(ProfileKey.IDENTITY_AGENT, Secrets.AGENT, "''");
  private static final Key<List<Path>> CERTIFICATE_FILE =
      Key.of(ProfileKey.CERTIFICATE_FILE, PATHS, "[]");
  private static final Key<String> SSH_CONFIG =
      Key.of(
          ProfileKey.SSH_CONFIG,
          ValueTypes.environmental("false, true or a path", ProfileReader::sshConfig),
          "false");
  static final Key<List<String>> PROXY_JUMP =
      Key.of(ProfileKey.PROXY_JUMP, ValueTypes.listOf(ValueTypes.NAME), "[]");
  static final Key<SshWay> PROXY =
      Key.of(ProfileKey.PROXY, ValueTypes.scalar(A_PROXY, ProfileReader::proxy), "''");
  private static final Key<List<String>> CIPHERS = algorithms(AlgorithmKind.CIPHERS);
  private static final Key<List<String>> MACS = algorithms(AlgorithmKind.MACS);
  private static final Key<List<String>> KEX_ALGORITHMS = algorithms(AlgorithmKind.KEX);
  private static final Key<List<String>> HOST_KEY_ALGORITHMS = algorithms(AlgorithmKind.HOST_KEYS);

  static final List<Key<?>> KEYS =
      List.of(
          HOST,
          PORT,
          USER,
          AUTHENTICATION,
          PASSWORD,
          CHARSET,
          STRICT_HOST_KEY_CHECKING,
          KNOWN_HOSTS,
          HOST_KEY_ALIAS,
          CHECK_HOST_IP,
          IDENTITY_FILE,
          IDENTITY_PASSPHRASE,
          IDENTITY_AGENT,
          CERTIFICATE_FILE,
          IDENTITIES_ONLY,
          CONNECT_TIMEOUT,
          LOGIN_TIMEOUT,
          SERVER_ALIVE_INTERVAL,
          SERVER_ALIVE_COUNT_MAX,
          REKEY_LIMIT,
          IDLE_TIMEOUT,
          MAX_LIFETIME,
          CONNECTIONS,
          REFUSED_LOGIN_MEMORY,
          SSH_CONFIG,
          PROXY_JUMP,
          PROXY,
          CIPHERS,
          MACS,
          KEX_ALGORITHMS,
          HOST_KEY_ALGORITHMS);

  /**
   * A profile as read.
   *
   * @param ssh its way does not know of {@code proxy-jump} before {@link JumpHosts} has seen it
   * @param inherited the keys that it has from the defaults
   * @param broken whether something in it is wrong, so that its values are not worth a second look
   */
  record Profile(SshProfile ssh, Section section, Set<String> inherited, boolean broken) {
    /** With what ssh_config says of its host, if it has one. */
    Profile asFarAsKnown() {
      return ssh.host().isEmpty() ? this : new Profile(ssh.forHost(""), section, inherited, broken);
    }

    /** Whether the key is written in the profile itself. */
    boolean owns(Key<?> key) {
      return section.has(key) && !inherited.contains(key.name());
    }
  }

  private ProfileReader() {}

  /** The profiles by name, {@code defaults} among them. */
  static Map<String, Profile> read(YamlValue value, Reading reading) {
    Map<String, Profile> profiles = new LinkedHashMap<>();
    Mapping all =
        ValueTypes.MAPPING.read(value, "profiles", reading).orElse(Mapping.empty(value.location()));
    Mapping defaults =
        all.entry(CulvertConfig.DEFAULT_PROFILE)
            .flatMap(entry -> keys(entry.value(), CulvertConfig.DEFAULT_PROFILE, reading))
            .orElse(Mapping.empty(value.location()));
    profiles.put(
        CulvertConfig.DEFAULT_PROFILE,
        profile(CulvertConfig.DEFAULT_PROFILE, defaults, Set.of(), reading));
    all.entries()
        .forEach(
            (name, entry) -> {
              if (!name.equals(CulvertConfig.DEFAULT_PROFILE)) {
                profiles.put(name, profile(name, entry, defaults, reading));
              }
            });
    return profiles;
  }

  private static Profile profile(String name, Entry entry, Mapping defaults, Reading reading) {
    if (name.isBlank() || ValueTypes.hasControl(name)) {
      reading.error(entry.keyLocation(), "profiles: " + Found.message(name, "a profile's name"));
    }
    Mapping own =
        entry.value().isNull()
            ? Mapping.empty(entry.keyLocation())
            : keys(entry.value(), name, reading).orElse(Mapping.empty(entry.keyLocation()));
    Set<String> inherited = new HashSet<>(defaults.entries().keySet());
    inherited.removeIf(key -> own.entry(key).isPresent());
    return profile(name, own.inheriting(defaults), inherited, reading);
  }

  private static Optional<Mapping> keys(YamlValue value, String name, Reading reading) {
    return ValueTypes.MAPPING.read(value, "profile " + Found.quoted(name), reading);
  }

  private static Profile profile(
      String name, Mapping mapping, Set<String> inherited, Reading reading) {
    int before = reading.problems().errors();
    Section section = Section.of("profiles", mapping, KEYS, reading);
    SshProfile profile =
        new SshProfile(
            name,
            section.optional(HOST).flatMap(host -> host),
            section.get(PORT),
            section.get(USER),
            login(section),
            hostKeys(section),
            section.get(PROXY),
            timeouts(section),
            pooling(section),
            algorithms(section),
            section.get(REKEY_LIMIT),
            sshConfig(section, mapping, reading));
    return new Profile(
        profile, section, Set.copyOf(inherited), reading.problems().errors() > before);
  }

  private static Optional<SshConfig> sshConfig(Section section, Mapping mapping, Reading reading) {
    String files = section.get(SSH_CONFIG);
    if (files.equals("false")) {
      return Optional.empty();
    }
    Set<ProfileKey> given =
        Stream.of(ProfileKey.values())
            .filter(key -> mapping.entry(key.toString()).isPresent())
            .collect(Collectors.toSet());
    return Optional.of(new SshConfig(reading.sshConfigs().read(files), given));
  }

  private static SshLogin login(Section section) {
    String agent = section.get(IDENTITY_AGENT);
    return new SshLogin(
        section.get(AUTHENTICATION),
        section.get(PASSWORD),
        section.get(CHARSET),
        section.get(IDENTITY_FILE),
        section.optional(IDENTITY_PASSPHRASE),
        section.get(CERTIFICATE_FILE),
        agent.isEmpty() ? Optional.empty() : Optional.of(Path.of(agent)),
        section.get(IDENTITIES_ONLY));
  }

  private static HostKeyPolicy hostKeys(Section section) {
    return new HostKeyPolicy(
        section.get(STRICT_HOST_KEY_CHECKING).equals("accept-new"),
        section.get(KNOWN_HOSTS),
        section.optional(HOST_KEY_ALIAS).flatMap(alias -> alias),
        section.get(CHECK_HOST_IP));
  }

  private static SshTimeouts timeouts(Section section) {
    return new SshTimeouts(
        section.get(CONNECT_TIMEOUT),
        section.get(LOGIN_TIMEOUT),
        section.get(SERVER_ALIVE_INTERVAL),
        section.get(SERVER_ALIVE_COUNT_MAX));
  }

  private static SshPooling pooling(Section section) {
    return new SshPooling(
        section.get(IDLE_TIMEOUT),
        section.get(MAX_LIFETIME),
        section.get(CONNECTIONS),
        section.get(REFUSED_LOGIN_MEMORY));
  }

  private static Key<List<String>> algorithms(AlgorithmKind kind) {
    return Key.of(kind.toString(), AlgorithmLists.of(kind), "[]");
  }

  private static SshAlgorithms algorithms(Section section) {
    return new SshAlgorithms(
        section.get(CIPHERS),
        section.get(MACS),
        section.get(KEX_ALGORITHMS),
        section.get(HOST_KEY_ALGORITHMS));
  }

  private static String sshConfig(String text, Environment environment) {
    if (text.equals("false") || text.equals("true")) {
      return text;
    }
    try {
      return Paths.parse(text, environment).toString();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(Found.message(text, "false, true or an absolute path"), e);
    }
  }

  private static SshWay proxy(String text) {
    var matcher = PROXY_URL.matcher(text);
    if (text.isEmpty()) {
      return new SshWay.Direct();
    }
    if (!matcher.matches()) {
      throw ValueTypes.expected(text, A_PROXY);
    }
    return new SshWay.Proxy(
        matcher.group(1).equals("http") ? SshWay.Proxy.Protocol.HTTP : SshWay.Proxy.Protocol.SOCKS5,
        Endpoints.target(matcher.group(2)));
  }
}
