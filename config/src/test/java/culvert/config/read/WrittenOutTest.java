package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigResult;
import culvert.config.ConfigResult.Loaded;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.Location;
import culvert.config.Rule;
import culvert.config.Secret;
import culvert.config.SshProfile;
import culvert.config.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenOutTest {
  private static final Secret BY_REFERENCE = new Secret("s3cret-socks");
  private static final Location NOWHERE = new Location("", 1, 1);

  /** All whole configurations that files of the repository hold. */
  static List<String> configurations() throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/culvert/config/corpus"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        all.add(Files.readString(file));
      }
    }
    for (Path document :
        List.of(Path.of("..", "README.md"), Schema.DOCS.resolve("CONFIGURATION.md"))) {
      Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
          .matcher(Files.readString(document))
          .results()
          .forEach(block -> all.add(block.group(1)));
    }
    all.add(
        DesignExampleTest.text()
            .replace("${file:/etc/culvert/passphrase}", "${env:SOCKS_PASSWORD}"));
    return all.stream().filter(text -> Loading.load(text) instanceof Loaded).toList();
  }

  @Test
  void thereAreConfigurationsToTry() throws IOException {
    assertThat(configurations()).hasSizeGreaterThan(18);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void whatIsWrittenLoadsToAnEqualConfiguration(String text) {
    assertSame(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rules: [{ action: direct, profile: defaults }, { action: tunnel, profile: a }]\n"
            + "profiles: { a: { user: x, authentication: publickey, identity-file: /k } }",
        "rules: [{ action: ftp-tunnel, ftp: { ports: [2121] } }]\nftp: { active-mode: remote-forward }",
        "rules: [{ name: 'no', match: { os-user: ['0123', 'yes', '*'] }, action: block }]",
        "profiles: { defaults: { host: a.example }, b: { host: '', port: } }",
        "limits: { connections: 7 }",
        "limits: { connections: 7, before-login: 3 }",
        "audit: off",
        "listeners: [{ redirect: 218 }]\ncapture: { users: '007', destinations: [a.example, '::1'] }",
        "listeners: [{ redirect: 218, transparent: true }]\ncapture: { forwarded: 10.1.0.0/16 }",
        "admin: 9180",
        "listeners: [{ socks: '0.0.0.0:1081', allow-from: 10.0.0.0/8 }, { socks: 1 }]",
        "profiles: { \"a: b\": { host: a.example, host-key-alias: 'on' } }",
        "rules: [{ match: { host: ['/a\\.b[0-9]{2,3}#/', 'bücher.example'] }, action: block }]"
      })
  void nothingIsLostOnTheWay(String text) {
    assertSame(text);
  }

  @Test
  void aProfileBesideSshConfigKeepsWhatItLeavesOutToThoseFiles(@TempDir Path directory)
      throws IOException {
    Path files =
        Files.writeString(
            directory.resolve("ssh_config"), "Host *\n  Port 2200\n  ConnectTimeout 9\n");

    assertSame(
        """
        profiles:
          defaults: { login-timeout: 7s }
          a: { ssh-config: %s, user: joe }
          b: { host: b.example }
        """
            .formatted(files));
  }

  @Test
  void theDefaultsStandThere() {
    assertThat(written("rules: [{ match: { port: 21 }, action: ftp-tunnel, fallback: plain }]"))
        .contains(
            "  - name: socks\n    socks: 127.0.0.1:1080\n    allow-from: [127.0.0.0/8, '::1']",
            "    connect-timeout: 4s\n",
            "    strict-host-key-checking: accept-new\n",
            "  - name: rule-1\n",
            "    fallback-on: [unreachable, no-identity,",
            "  before-login: 5000\n",
            "pin-tunnelled: true\n",
            "state-directory: /home/joe/.local/state/culvert\n",
            "  rotate: 100MiB\n");
  }

  @Test
  void secretsAreTheirReferencesOrHidden() {
    String yaml =
        written(
            "listeners: [{ socks: 1080, users: { a: '${env:SOCKS_PASSWORD}', b: hunter2,",
            "  c: 'x${env:SOCKS_PASSWORD}', d: '$${env:hunter2}' } }]",
            "profiles: { p: { identity-passphrase: hunter2, password: '${env:SOCKS_PASSWORD}' } }");

    assertThat(yaml)
        .doesNotContain("hunter2", "s3cret-socks", "x${")
        .contains("a: ${env:SOCKS_PASSWORD}", "password: ${env:SOCKS_PASSWORD}")
        .contains("identity-passphrase: " + Written.HIDDEN, "password: from-ftp");
  }

  @Test
  void whatIsNotShownDoesNotLoad() {
    String yaml = written("listeners: [{ socks: 1080, users: { a: hunter2 } }]");

    assertThat(Loading.errors(yaml))
        .containsExactly("c.yaml:6:10: users: the environment variable NOT_SHOWN is not set");
  }

  @Test
  void aValueIsFoundWhereItStandsAndADefaultWhereItsSectionDoes() {
    Written written =
        loaded(
                "profiles:",
                "  defaults:",
                "    user: joe",
                "  gateway:",
                "    host: gate.example",
                "    identity-file: [/a, /b]")
            .written();

    assertThat(written.location("profiles", "gateway", "identity-file", "1"))
        .hasToString("c.yaml:6:25");
    assertThat(written.location("profiles", "gateway", "known-hosts", "0"))
        .hasToString("c.yaml:5:5");
    assertThat(written.location("limits", "connections")).hasToString("c.yaml:1:1");
  }

  private static void assertSame(String text) {
    CulvertConfig config = loaded(text).config();
    String yaml = written(text);

    ConfigResult again =
        new ConfigLoader(
                Loading.environment(
                    Map.of(
                        "SOCKS_PASSWORD",
                        BY_REFERENCE.reveal(),
                        "NOT_SHOWN",
                        "not shown",
                        "SSH_AUTH_SOCK",
                        "/run/agent")))
            .loadString(yaml, "c.yaml");

    assertThat(again).as(yaml + again.problems()).isInstanceOf(Loaded.class);
    assertThat(comparable(((Loaded) again).config())).as(yaml).isEqualTo(comparable(config));
    assertThat(((Loaded) again).written().yaml()).isEqualTo(yaml);
  }

  /** Without what is of the file and not of the configuration. */
  private static CulvertConfig comparable(CulvertConfig config) {
    Map<String, SshProfile> profiles = new LinkedHashMap<>();
    config
        .profiles()
        .forEach(
            (name, profile) ->
                List.of("a.example", "b.example")
                    .forEach(host -> profiles.put(name + host, profile.forHost(host))));
    return new CulvertConfig(
        config.listeners().stream().map(WrittenOutTest::comparable).toList(),
        profiles,
        config.rules().stream().map(WrittenOutTest::comparable).toList(),
        config.defaultAction(),
        config.ftp(),
        config.pinTunnelled(),
        config.limits(),
        config.admin(),
        config.stateDirectory(),
        config.audit(),
        config.capture(),
        config.pseudoAddresses(),
        "",
        Optional.empty());
  }

  /** Passwords that stand in the file itself are not written. */
  private static ListenerConfig comparable(ListenerConfig listener) {
    if (!(listener instanceof ListenerConfig.Socks socks)) {
      return listener;
    }
    Map<String, Secret> users = new LinkedHashMap<>();
    socks
        .users()
        .forEach(
            (name, secret) ->
                users.put(name, secret.equals(BY_REFERENCE) ? secret : new Secret("not shown")));
    return new ListenerConfig.Socks(socks.name(), socks.bind(), socks.allowFrom(), users);
  }

  private static Rule comparable(Rule rule) {
    return new Rule(
        rule.name(),
        NOWHERE,
        rule.match(),
        rule.action(),
        rule.profile(),
        rule.target(),
        rule.userAtHost(),
        rule.fallback(),
        rule.ftp());
  }

  private static String written(String... lines) {
    return loaded(lines).written().yaml();
  }

  private static Loaded loaded(String... lines) {
    return (Loaded) Loading.load(lines);
  }
}
