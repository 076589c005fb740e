package culvert.proxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.ssh.HostKeyChange;
import culvert.ssh.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemediesTest {
  private static final String YAML =
      """
      listeners:
        - { name: socks, socks: '127.0.0.1:0' }
        - { name: db, tunnel: '127.0.0.1:0', protocol: tcp, profile: gate, target: 'db:5432' }
      profiles:
        gate: { host: gate.example, port: 2222, user: g, authentication: publickey, known-hosts: [/etc/gate known] }
        partners: { known-hosts: [/etc/partners] }
        inner: { host: inner.example, proxy-jump: gate }
      rules:
        - { name: partners, match: { host: '*.partner.example' }, action: ftp-tunnel, profile: partners }
        - { name: inner, match: { host: deep }, action: ftp-tunnel, profile: inner }
        - { name: rest, match: { port: 21 }, action: ftp-tunnel }
      """;

  @TempDir private Path directory;
  private Path file;
  private CulvertConfig config;

  @BeforeEach
  void load() throws IOException {
    file = directory.resolve("my culvert.yaml");
    Files.writeString(file, YAML);
    config = new ConfigLoader(Environment.ofProcess()).load(file).orThrow();
  }

  private String changed(HostKeyChange change, String profile, String host) {
    return new Remedies(config)
        .ofHostKey(new SshServer(config.profiles().get(profile).forHost(host), host), change);
  }

  private String refused(String rule, String host) {
    return new Remedies(config).ofRefusal("host-key", host, host + ":21", rule, "socks");
  }

  @Test
  void aChangedKeyIsReplacedUnderItsConfigurationAndProfile() {
    assertThat(changed(HostKeyChange.OTHER_KEY, "gate", "gate.example"))
        .endsWith(
            ": culvert trust -c '%s' --replace --profile gate gate.example:2222".formatted(file));
    assertThat(changed(HostKeyChange.OTHER_KEY, "partners", "ftp.partner.example"))
        .endsWith(
            ": culvert trust -c '%s' --replace --profile partners ftp.partner.example:22"
                .formatted(file));
    assertThat(changed(HostKeyChange.OTHER_KEY, CulvertConfig.DEFAULT_PROFILE, "ftp.example"))
        .endsWith(": culvert trust -c '%s' --replace ftp.example:22".formatted(file));
  }

  @Test
  void whatIsNotToBeReplacedIsNot() {
    for (HostKeyChange change : HostKeyChange.values()) {
      boolean replaced = change == HostKeyChange.OTHER_KEY;
      assertThat(changed(change, "gate", "gate.example").contains("--replace"))
          .as(change.toString())
          .isEqualTo(replaced);
    }
    assertThat(changed(HostKeyChange.REVOKED, "gate", "gate.example"))
        .doesNotContain("culvert trust")
        .contains("another key");
    assertThat(changed(HostKeyChange.NOT_CERTIFIED, "gate", "gate.example"))
        .endsWith(": culvert trust -c '%s' --profile gate gate.example:2222".formatted(file));
  }

  @Test
  void aServerBehindAHopIsSeenToByHand() {
    assertThat(changed(HostKeyChange.OTHER_KEY, "inner", "inner.example"))
        .contains("by hand")
        .doesNotContain("--replace");
    assertThat(refused("inner", "deep")).contains("by hand");
  }

  @Test
  void aRefusalNamesTheProfileOfItsRule() {
    assertThat(refused("partners", "ftp.partner.example"))
        .endsWith(": culvert trust -c '%s' --profile partners ftp.partner.example".formatted(file));
    assertThat(refused("rest", "ftp.example"))
        .endsWith(": culvert trust -c '%s' ftp.example".formatted(file));
    assertThat(new Remedies(config).ofRefusal("host-key", "db", "db:5432", "fixed-tunnel", "db"))
        .endsWith(": culvert trust -c '%s' --profile gate".formatted(file));
  }

  @Test
  void aRuleIsExplainedFromItsConfiguration() {
    assertThat(new Remedies(config).ofRefusal("rule", "a.example", "a.example:21", "no", "socks"))
        .endsWith(": culvert explain -c '%s' a.example:21".formatted(file));
  }

  @Test
  void aRuleIsExplainedFromWhereTheClientHasCome() {
    for (String listener : List.of("exec", "redirect-2")) {
      assertThat(
              new Remedies(config).ofRefusal("rule", "192.0.2.1", "192.0.2.1:21", "no", listener))
          .endsWith(
              ": culvert explain -c '%s' --listener %s 192.0.2.1:21".formatted(file, listener));
    }
  }

  @Test
  void withoutAFileNoneIsNamed() {
    config =
        new ConfigLoader(Environment.ofProcess()).loadString("audit: off", "built-in").orThrow();

    assertThat(refused("default-action", "ftp.example")).endsWith(": culvert trust ftp.example");
  }
}
