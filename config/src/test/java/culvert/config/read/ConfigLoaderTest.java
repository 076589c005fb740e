package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.config.Action;
import culvert.config.AuthMethod;
import culvert.config.Cidr;
import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.ConfigResult.Loaded;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FallbackReason;
import culvert.config.FtpOptions;
import culvert.config.FtpSettings;
import culvert.config.FtpSettings.ActiveMode;
import culvert.config.FtpSettings.AuthTls;
import culvert.config.FtpSettings.DataConnections;
import culvert.config.FtpSettings.PassiveAddress;
import culvert.config.HostKeyPolicy;
import culvert.config.HostPattern.Glob;
import culvert.config.Limits;
import culvert.config.ListenerConfig.Redirect;
import culvert.config.ListenerConfig.RemoteTunnel;
import culvert.config.ListenerConfig.Socks;
import culvert.config.ListenerConfig.Tunnel;
import culvert.config.Location;
import culvert.config.PortRange;
import culvert.config.RekeyLimit;
import culvert.config.Rule;
import culvert.config.SshAlgorithms;
import culvert.config.SshLogin;
import culvert.config.SshPooling;
import culvert.config.SshProfile;
import culvert.config.SshTimeouts;
import culvert.config.SshUser;
import culvert.config.SshWay;
import culvert.config.TunnelProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir private Path directory;

  @Test
  void withoutAFilePort21IsTunnelledWithFallbackAndAllElseIsDirect() {
    ConfigResult result = new ConfigLoader(Loading.ENVIRONMENT).builtIn();

    assertThat(result.problems()).isEmpty();
    CulvertConfig config = result.orThrow();
    assertThat(config.listeners())
        .containsExactly(
            new Socks(
                "socks",
                new Endpoint("127.0.0.1", 1080),
                List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1")),
                Map.of()));
    assertThat(config.rules())
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.match().ports()).containsExactly(new PortRange(21, 21));
              assertThat(rule.action()).isEqualTo(Action.FTP_TUNNEL);
              assertThat(rule.fallback()).isEqualTo(Fallback.PLAIN);
              assertThat(rule.profile()).isEqualTo("defaults");
              assertThat(rule.target()).isEmpty();
              assertThat(rule.location().file()).isEqualTo("built-in");
            });
    assertThat(config.defaultAction()).isEqualTo(Action.DIRECT);
    assertThat(config.ftp())
        .isEqualTo(new FtpOptions(List.of(new PortRange(21, 21)), FtpSettings.STANDARD));
    assertThat(config.pinTunnelled()).isTrue();
    assertThat(config.admin()).isEmpty();
    assertThat(config.stateDirectory()).isEqualTo(Path.of("/home/joe/.local/state/culvert"));
    assertThat(config.limits())
        .isEqualTo(new Limits(10_000, 0, 5_000, Duration.ofSeconds(10), 32 << 20, 256 << 20));
  }

  @Test
  void theDefaultProfileIsAlwaysThere() {
    SshProfile defaults = Loading.config("").profiles().get("defaults");

    assertThat(defaults)
        .isEqualTo(
            new SshProfile(
                "defaults",
                Optional.empty(),
                22,
                new SshUser.FromFtp(),
                new SshLogin(
                    List.of(
                        AuthMethod.PUBLICKEY, AuthMethod.KEYBOARD_INTERACTIVE, AuthMethod.PASSWORD),
                    Optional.empty(),
                    StandardCharsets.UTF_8,
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    false),
                new HostKeyPolicy(
                    true,
                    List.of(
                        Path.of("/home/joe/.ssh/known_hosts"), Path.of("/etc/ssh/ssh_known_hosts")),
                    Optional.empty(),
                    false),
                new SshWay.Direct(),
                new SshTimeouts(
                    Duration.ofSeconds(4), Duration.ofSeconds(10), Duration.ofSeconds(15), 3),
                new SshPooling(
                    Duration.ofSeconds(60), Duration.ofHours(12), 2, Duration.ofSeconds(60)),
                SshAlgorithms.STANDARD,
                RekeyLimit.ofBytes(64L << 30)));
  }

  @Test
  void aSectionThatIsLeftOutIsAsInTheBuiltInDefault() {
    CulvertConfig config = Loading.config("listeners:", "rules:", "pin-tunnelled: false");

    CulvertConfig builtIn = new ConfigLoader(Loading.ENVIRONMENT).builtIn().orThrow();
    assertThat(config.listeners()).isEqualTo(builtIn.listeners());
    assertThat(config.rules()).isEqualTo(builtIn.rules());
    assertThat(config.pinTunnelled()).isFalse();
  }

  @Test
  void aRedirectListenerLetsInThisHostUnlessItSaysWhom() {
    CulvertConfig config =
        Loading.config(
            "listeners:",
            "  - redirect: 2180",
            "  - { redirect: '[::]:2181', transparent: true, allow-from: 'fd00::/8' }",
            "  - { redirect: '[::1]:2180', systemd-socket: true }");

    assertThat(config.listeners())
        .containsExactly(
            new Redirect(
                "redirect", new Endpoint("127.0.0.1", 2180), false, false, Optional.empty()),
            new Redirect(
                "redirect-2",
                new Endpoint("::", 2181),
                true,
                false,
                Optional.of(List.of(Cidr.parse("fd00::/8")))),
            new Redirect("redirect-3", new Endpoint("::1", 2180), false, true, Optional.empty()));
  }

  @Test
  void anEmptyListOfRulesIsNotTheBuiltInRule() {
    assertThat(Loading.config("rules: []").rules()).isEmpty();
  }

  @Test
  void readsRules() {
    CulvertConfig config =
        Loading.config(
            "rules:",
            "  - name: mainframe",
            "    match: { host: ['*.MF.example', '/mf[0-9]+/'], port: [21, 8021-8030], client: '::1' }",
            "    action: ftp-tunnel",
            "    target: localhost:21",
            "    fallback: plain",
            "    fallback-on: [unreachable, auth-failed]",
            "    ftp: { ports: [21, 2121] }",
            "  - match: { network: 169.254.0.0/16, listener: socks }",
            "    action: block");

    Rule first = config.rules().get(0);
    assertThat(first.name()).isEqualTo("mainframe");
    assertThat(first.location()).isEqualTo(new Location("c.yaml", 2, 5));
    assertThat(first.match().hosts().get(0)).isEqualTo(new Glob("*.mf.example"));
    assertThat(first.match().hosts().get(1).text()).isEqualTo("/mf[0-9]+/");
    assertThat(first.match().ports())
        .containsExactly(new PortRange(21, 21), new PortRange(8021, 8030));
    assertThat(first.match().clients()).containsExactly(Cidr.parse("::1"));
    assertThat(first.target()).contains(new Endpoint("localhost", 21));
    assertThat(first.fallback().reasons())
        .containsExactlyInAnyOrder(FallbackReason.UNREACHABLE, FallbackReason.AUTH_FAILED);
    assertThat(first.ftp().ports()).hasSize(2);
    Rule second = config.rules().get(1);
    assertThat(second.name()).isEqualTo("rule-2");
    assertThat(second.match().networks()).containsExactly(Cidr.parse("169.254.0.0/16"));
    assertThat(second.match().listeners()).containsExactly("socks");
    assertThat(second.ftp()).isEqualTo(config.ftp());
  }

  @Test
  void aRuleOverridesTheFtpSettingsKeyByKey() {
    CulvertConfig config =
        Loading.config(
            "ftp: { ports: 2121, active-mode: remote-forward, data-connections: listener }",
            "rules:",
            "  - { action: ftp-tunnel, user-at-host: true, ftp: { active-mode: passive } }",
            "  - { action: direct, ftp: { passive-address: announced, auth-tls: pass-through } }");

    assertThat(config.ftp().settings())
        .isEqualTo(
            new FtpSettings(
                ActiveMode.REMOTE_FORWARD,
                DataConnections.LISTENER,
                PassiveAddress.CONTROL_HOST,
                AuthTls.REFUSE));
    assertThat(config.rules().get(0).userAtHost()).isTrue();
    assertThat(config.rules().get(0).ftp())
        .isEqualTo(
            new FtpOptions(
                List.of(new PortRange(2121, 2121)),
                new FtpSettings(
                    ActiveMode.PASSIVE,
                    DataConnections.LISTENER,
                    PassiveAddress.CONTROL_HOST,
                    AuthTls.REFUSE)));
    assertThat(config.rules().get(1).userAtHost()).isFalse();
    assertThat(config.rules().get(1).ftp().settings())
        .isEqualTo(
            new FtpSettings(
                ActiveMode.REMOTE_FORWARD,
                DataConnections.LISTENER,
                PassiveAddress.ANNOUNCED,
                AuthTls.PASS_THROUGH));
  }

  @Test
  void readsFixedTunnels() {
    CulvertConfig config =
        Loading.config(
            "listeners:",
            "  - { tunnel: 1234, protocol: ftp, profile: gate, target: 'localhost:21' }",
            "  - name: lan",
            "    tunnel: '[::]:5432'",
            "    allow-from: 2001:db8::/32",
            "    protocol: tcp",
            "    profile: gate",
            "    target: '[::1]:5432'",
            "  - { remote-tunnel: 2121, protocol: ftp, profile: gate, target: 'ftp.lan:21' }",
            "profiles: { gate: { host: ssh.example, user: gate, authentication: publickey,"
                + " identity-file: /k } }");

    assertThat(config.listeners())
        .containsExactly(
            new Tunnel(
                "tunnel",
                new Endpoint("127.0.0.1", 1234),
                List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1")),
                TunnelProtocol.FTP,
                "gate",
                new Endpoint("localhost", 21)),
            new Tunnel(
                "lan",
                new Endpoint("::", 5432),
                List.of(Cidr.parse("2001:db8::/32")),
                TunnelProtocol.TCP,
                "gate",
                new Endpoint("::1", 5432)),
            new RemoteTunnel(
                "remote-tunnel",
                new Endpoint("127.0.0.1", 2121),
                TunnelProtocol.FTP,
                "gate",
                new Endpoint("ftp.lan", 21)));
  }

  @Test
  void profilesInheritFromDefaultsKeyByKey() {
    Map<String, SshProfile> profiles =
        Loading.config(
                "profiles:",
                "  gateway: { host: ssh.example, port: 2222, user: gate }",
                "  empty:",
                "  defaults: { port: 22022, connect-timeout: 1500ms, identity-file: ~/.ssh/key }")
            .profiles();

    assertThat(profiles).containsOnlyKeys("defaults", "gateway", "empty");
    SshProfile gateway = profiles.get("gateway");
    assertThat(gateway.host()).contains("ssh.example");
    assertThat(gateway.port()).isEqualTo(2222);
    assertThat(gateway.user()).isEqualTo(new SshUser.Fixed("gate"));
    assertThat(gateway.timeouts().connect()).isEqualTo(Duration.ofMillis(1500));
    assertThat(gateway.login().identityFiles()).containsExactly(Path.of("/home/joe/.ssh/key"));
    assertThat(gateway.timeouts().login()).isEqualTo(Duration.ofSeconds(10));
    assertThat(profiles.get("empty").port()).isEqualTo(22022);
  }

  @Test
  void allProblemsAreToldAtOnceInTheOrderOfTheFile() {
    assertThat(
            Loading.problems(
                "listeners:",
                "  - socks: 127.0.0.1:99999",
                "    alow-from: 10.0.0.0/8",
                "rules:",
                "  - action: tunel",
                "    profile: gatway",
                "  - match: { network: 10.0.0.1/8 }",
                "    action: direct",
                "limits: { handshake-timeout: 5 }",
                "profiles: { gateway: { port: 22, port: 23 } }",
                "pin-tunneled: false"))
        .containsExactly(
            "c.yaml:2:12: socks: 127.0.0.1:99999 (expected: address:port such as 127.0.0.1:1080,"
                + " [::1]:1080, or a port alone for 127.0.0.1)",
            "c.yaml:3:5: unknown key \"alow-from\" (did you mean \"allow-from\"?)",
            "c.yaml:5:13: action: tunel (expected: ftp-tunnel, tunnel, direct, block; did you mean"
                + " \"tunnel\"?)",
            "c.yaml:6:14: profile: gatway (expected: defaults, gateway; did you mean"
                + " \"gateway\"?)",
            "c.yaml:7:23: network: 10.0.0.1/8 has bits set behind the prefix (expected:"
                + " 10.0.0.0/8)",
            "c.yaml:9:30: handshake-timeout: 5 (expected: a duration such as 500ms, 15s, 2m, 12h,"
                + " 7d; did you mean \"5s\"?)",
            "c.yaml:10:34: duplicate key \"port\" (first on line 10)",
            "c.yaml:11:1: unknown key \"pin-tunneled\" (did you mean \"pin-tunnelled\"?)");
  }

  @Test
  void aFileThatIsNotThereIsAProblem() {
    Path file = directory.resolve("missing.yaml");

    assertThat(new ConfigLoader(Loading.ENVIRONMENT).load(file).problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(file + ":1:1: cannot read the file: no such file");
  }

  @Test
  void readsAFileWithAByteOrderMark() throws IOException {
    Path file = Files.writeString(directory.resolve("c.yaml"), "\uFEFFdefault-action: block\r\n");

    ConfigResult result = new ConfigLoader(Loading.ENVIRONMENT).load(file);

    assertThat(result).isInstanceOf(Loaded.class);
    assertThat(result.orThrow().defaultAction()).isEqualTo(Action.BLOCK);
  }

  @Test
  void aFileThatIsNotUtf8IsAProblem() throws IOException {
    Path file = Files.write(directory.resolve("c.yaml"), new byte[] {'a', (byte) 0xE4, 'b'});

    assertThat(new ConfigLoader(Loading.ENVIRONMENT).load(file).problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(file + ":1:1: cannot read the file: not UTF-8");
  }

  @Test
  void orThrowNamesEveryProblem() {
    assertThatThrownBy(() -> Loading.config("a: 1", "b: 2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("c.yaml:1:1")
        .hasMessageContaining("c.yaml:2:1");
  }
}
