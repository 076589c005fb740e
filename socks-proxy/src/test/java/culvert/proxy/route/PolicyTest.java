package culvert.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.ListenerConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  private static final String CONFIG =
      """
      listeners: [{ name: socks, socks: '127.0.0.1:0' }]
      profiles: { gate: { host: ssh.example, user: gate } }
      ftp: { ports: [21, 8021-8023] }
      rules:
        - { match: { port: [2121, 30000-30100] }, action: ftp-tunnel, profile: gate }
        - { match: { port: 3000 }, action: direct }
        - { match: { host: a.example }, action: direct, ftp: { ports: 4021 } }
        - { match: { }, action: ftp-tunnel, profile: gate }
      """;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "21, true",
    "8022, true",
    "8024, false",
    "2121, true",
    "30050, false",
    "3000, false",
    "4021, true",
    "50000, false"
  })
  void portsOfControlConnectionsAreThoseThatTheFileNames(int port, boolean control) {
    Policy policy =
        Policy.of(
            new ConfigLoader(Environment.ofProcess()).loadString(CONFIG, "test.yaml").orThrow());

    assertThat(policy.isControlPort(port)).isEqualTo(control);
  }

  @Test
  void namesAreThoseOfTheListenersThatAreBoundWhateverAReloadHas() {
    CulvertConfig changed =
        new ConfigLoader(Environment.ofProcess()).loadString(CONFIG, "test.yaml").orThrow();
    ListenerConfig bound =
        new ListenerConfig.Redirect(
            "redirect", new Endpoint("127.0.0.1", 2180), false, false, Optional.empty());

    assertThat(Policy.of(changed).rules().names()).isEmpty();
    assertThat(Policy.of(changed, List.of(bound)).rules().names()).containsExactly("a.example");
  }
}
