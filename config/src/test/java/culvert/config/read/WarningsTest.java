package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.ConfigResult;
import culvert.config.ConfigResult.Loaded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about a configuration that nevertheless holds. */
class WarningsTest {
  private static final String TLS =
      "auth-tls: pass-through: AUTH is refused all the same, because of what TLS would hide: ";

  private static final String UNSEEN =
      "auth-tls: pass-through: what is said inside TLS cannot be seen: after PROT C, PORT or EPRT has"
          + " the FTP server connect to the client itself, in plaintext and past the tunnel";

  @ParameterizedTest
  @ValueSource(strings = {"direct", "block"})
  void profileAndTargetDoNothingWithoutATunnel(String action) {
    ConfigResult result =
        Loading.load(
            "rules:", "  - action: " + action, "    profile: defaults", "    target: localhost:21");

    assertThat(result).isInstanceOf(Loaded.class);
    assertThat(result.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "c.yaml:3:14: warning: profile: without effect with action: " + action,
            "c.yaml:4:13: warning: target: without effect with action: " + action);
  }

  @Test
  void userAtHostNeedsFtp() {
    assertThat(
            Loading.problems(
                "profiles: { a: { user: gate, authentication: publickey, identity-file: /k } }",
                "rules:",
                "  - { match: { port: 1 }, action: block, user-at-host: true }",
                "  - { match: { port: 2 }, action: tunnel, profile: a, user-at-host: true }",
                "  - { match: { port: 3 }, action: direct, user-at-host: true }",
                "  - { match: { port: 4 }, action: ftp-tunnel, user-at-host: true }"))
        .containsExactly(
            "c.yaml:3:56: warning: user-at-host: without effect with action: block",
            "c.yaml:4:69: warning: user-at-host: without effect with action: tunnel");
  }

  @Test
  void tlsPassesOnlyWhereNothingIsReadOfIt() {
    assertThat(
            Loading.problems(
                "profiles:",
                "  a: { user: gate, authentication: publickey, identity-file: /k }",
                "  b: { user: gate, authentication: password }",
                "rules:",
                "  - { match: { port: 1 }, action: ftp-tunnel, profile: a }",
                "  - { match: { port: 2 }, action: ftp-tunnel, profile: b }",
                "  - { match: { port: 3 }, action: ftp-tunnel, ftp: { ports: 3 } }",
                "  - { match: { port: 4 }, action: ftp-tunnel, profile: b, ftp: { auth-tls: refuse } }",
                "  - { match: { port: 5 }, action: direct, user-at-host: true }",
                "  - { match: { port: 6 }, action: ftp-tunnel, profile: a, user-at-host: true,",
                "      ftp: { data-connections: listener } }",
                "ftp: { auth-tls: pass-through }",
                "default-action: ftp-tunnel"))
        .containsExactly(
            "c.yaml:5:56: warning: " + UNSEEN,
            "c.yaml:6:56: warning: " + TLS + "profile \"b\" has password: from-ftp",
            "c.yaml:7:52: warning: "
                + TLS
                + "profile \"defaults\" has user: from-ftp,"
                + " profile \"defaults\" has password: from-ftp",
            "c.yaml:11:12: warning: " + TLS + "user-at-host: true, data-connections: listener",
            "c.yaml:13:17: warning: "
                + TLS
                + "profile \"defaults\" has user: from-ftp,"
                + " profile \"defaults\" has password: from-ftp");
  }

  @Test
  void whatPassesInTlsIsNotSeen() {
    String profiles =
        "profiles: { a: { user: gate, authentication: publickey, identity-file: /k },"
            + " defaults: { user: gate, authentication: publickey, identity-file: /k } }";
    assertThat(
            Loading.problems(
                profiles,
                "default-action: ftp-tunnel",
                "ftp: { auth-tls: pass-through }",
                "rules: []"))
        .containsExactly("c.yaml:2:17: warning: " + UNSEEN);
    assertThat(
            Loading.problems(
                profiles,
                "rules:",
                "  - { match: { port: 1 }, action: ftp-tunnel, ftp: { auth-tls: pass-through } }",
                "  - { match: { port: 2 }, action: ftp-tunnel, profile: a }",
                "  - { match: { port: 3 }, action: direct, ftp: { auth-tls: pass-through } }"))
        .containsExactly("c.yaml:3:52: warning: " + UNSEEN);
  }

  @Test
  void publicKeyAloneNeedsAKey() {
    assertThat(
            Loading.problems(
                "profiles: { a: { user: gate, authentication: publickey } }",
                "rules: [{ action: tunnel, profile: a }]"))
        .containsExactly(
            "c.yaml:2:36: warning: profile \"a\" cannot log in: its only authentication is"
                + " publickey, and it has no identity-file and no identity-agent");
  }

  @Test
  void aCertificateAloneIsNoKey() {
    assertThat(
            Loading.problems(
                "profiles: { a: { user: gate, authentication: publickey, certificate-file: /c } }",
                "rules: [{ action: tunnel, profile: a }]"))
        .singleElement()
        .asString()
        .endsWith("it has no identity-file and no identity-agent");
  }

  @Test
  void anAgentMayHaveTheKey() {
    String rule = "rules: [{ action: tunnel, profile: a }]";

    assertThat(
            Loading.problems(
                "profiles: { a: { user: gate, authentication: publickey, identity-agent: /s } }",
                rule))
        .isEmpty();
    assertThat(
            Loading.problems(
                "profiles:",
                "  a:",
                "    user: gate",
                "    authentication: publickey",
                "    identity-agent: /run/agent",
                "    certificate-file: ~/.ssh/gate-cert.pub",
                "    identities-only: true",
                rule))
        .isEmpty();
  }

  @Test
  void anAgentFromAVariableThatIsNotSetIsNone() {
    assertThat(
            Loading.problems(
                "profiles: { a: { user: gate, authentication: publickey,"
                    + " identity-agent: '${env:NOT_SET}' } }",
                "rules: [{ action: tunnel, profile: a }]"))
        .singleElement()
        .asString()
        .endsWith("it has no identity-file and no identity-agent");
  }

  @Test
  void aProfileThatNoRuleUsesMayBeIncomplete() {
    assertThat(
            Loading.problems(
                "profiles:",
                "  defaults: { authentication: publickey }",
                "  a: { identity-file: /k }",
                "rules: [{ action: ftp-tunnel, profile: a }]"))
        .isEmpty();
  }

  @Test
  void errorsAndWarningsComeTogether() {
    assertThat(Loading.load("rules:", "  - { action: block, profile: x }").problems())
        .extracting(ConfigProblem::severity)
        .containsExactlyInAnyOrder(Severity.ERROR, Severity.WARNING);
  }
}
