package culvert.proxy.check;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult.Loaded;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPatternsTest {
  private static final String LISTENERS =
      "listeners: [{ socks: 1080 }, { redirect: 2180 }, { redirect: '[::1]:2180' }]\n";

  private static List<String> warnings(String yaml) {
    Loaded loaded = (Loaded) new ConfigLoader(Environment.ofProcess()).loadString(yaml, "c.yaml");
    return HostPatterns.in(loaded).stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void whatNoAddressMatchesIsNamedWhereItStands() {
    assertThat(
            warnings(
                LISTENERS
                    + "rules:\n"
                    + "  - match: { host: [ftp.example, '*.mf.example'] }\n"
                    + "    action: block\n"
                    + "  - match: { host: '/mf[0-9]+/', listener: [socks, redirect-2] }\n"
                    + "    action: block\n"))
        .containsExactly(
            "c.yaml:3:34: warning: host: *.mf.example matches no captured connection, of which only"
                + " the address is known (expected: whole names, or network; or listener, if the"
                + " rule is not for redirect)",
            "c.yaml:5:20: warning: host: /mf[0-9]+/ matches no captured connection, of which only"
                + " the address is known (expected: whole names, or network; or listener, if the"
                + " rule is not for redirect)");
  }

  @Test
  void withoutCaptureThereAreNoSuchConnections() {
    String rule = "rules: [{ match: { host: '*.mf.example'%s }, action: block }]";

    assertThat(warnings("listeners: [{ socks: 1080 }]\n" + rule.formatted(""))).isEmpty();
    assertThat(warnings(LISTENERS + rule.formatted(", listener: socks"))).isEmpty();
    assertThat(warnings(LISTENERS + rule.formatted(", listener: exec"))).isEmpty();
    assertThat(warnings(LISTENERS + rule.formatted(", listener: redirect"))).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      quoteCharacter = '#',
      value = {
        "'*',                  false",
        "'10.1.*',             false",
        "'192.0.2.?',          false",
        "'2001:db8:*',         false",
        "'cafe*',              false",
        "'*.de',               true",
        "'mf?',                true",
        "'/10\\.1\\..*/',      false",
        "'/[a-z0-9.]+/',       false",
        "'/(?i)10\\.\\d+.*/',  false",
        "'/.*\\.example/',     true",
        "'/MF\\d+/',           true",
      })
  void whatMayBeAnAddressIsNot(String pattern, boolean warned) {
    assertThat(warnings(LISTENERS + "rules: [{ match: { host: " + pattern + " }, action: block }]"))
        .hasSize(warned ? 1 : 0);
  }
}
