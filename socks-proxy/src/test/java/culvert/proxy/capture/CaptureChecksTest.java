package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigProblem;
import culvert.config.ConfigResult.Loaded;
import culvert.config.Endpoint;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureChecksTest {
  private static final String BOTH = "listeners: [{ redirect: 218 }, { redirect: '[::1]:218' }]\n";

  @TempDir private Path directory;
  private FakeCaptureHost host;

  @BeforeEach
  void begin() throws IOException {
    host = new FakeCaptureHost().with("batch", 1001).withNft(directory, "exit 1\n");
  }

  private List<String> warnings(String yaml) {
    Loaded loaded =
        (Loaded)
            new ConfigLoader(
                    new Environment(
                        Map.of(), Path.of("/home/joe"), Path.of("/work"), Path.of("/etc")))
                .loadString(yaml, "c.yaml");
    return CaptureChecks.of(loaded, host).stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void whatIsThereIsNoWarning() {
    assertThat(warnings(BOTH)).isEmpty();
    assertThat(warnings(BOTH + "capture: { users: batch }")).isEmpty();
  }

  @Test
  void withoutTheSectionNothingIsNeeded() {
    host = new FakeCaptureHost().withoutPrivilege();

    assertThat(warnings(BOTH)).isEmpty();
  }

  @Test
  void aHostWithoutPrivilegeOrNftIsNoHostForIt() {
    host.withoutPrivilege();
    assertThat(warnings(BOTH + "capture: { users: batch }"))
        .containsExactly(
            "c.yaml:2:10: warning: capture: this process has not CAP_NET_ADMIN, without which"
                + " Culvert does not start (expected: AmbientCapabilities=CAP_NET_ADMIN in its"
                + " unit)",
            "c.yaml:2:10: warning: capture: this process has not CAP_NET_BIND_SERVICE, without"
                + " which Culvert cannot listen at port 218 (expected:"
                + " AmbientCapabilities=CAP_NET_BIND_SERVICE in its unit)");

    host = new FakeCaptureHost().with("batch", 1001);
    assertThat(warnings(BOTH + "capture: { users: batch }"))
        .containsExactly(
            "c.yaml:2:10: warning: capture: there is no nft here (expected: the package nftables)");
  }

  @Test
  void whoeverIsNotThereIsNamedWhereHeStands() {
    assertThat(
            warnings(
                BOTH + "capture:\n  users: [batch, bob]\n  groups: bobs\n  cgroups: [a.slice]"))
        .containsExactlyInAnyOrder(
            "c.yaml:3:18: warning: users: there is no bob",
            "c.yaml:4:11: warning: groups: there is no bobs",
            "c.yaml:5:13: warning: cgroups: there is no cgroup a.slice");
  }

  @Test
  void withoutIpActiveModeIsAnother() {
    host.withoutIp();

    assertThat(warnings(BOTH + "capture: { users: batch }"))
        .containsExactly(
            "c.yaml:2:10: warning: capture: in active mode data comes from Culvert's own address:"
                + " there is no ip here (expected: the package iproute2)");
  }

  @Test
  void culvertsOwnUserIsNotToBeCaptured() {
    assertThat(warnings(BOTH + "capture: { users: [batch, culvert] }"))
        .singleElement()
        .asString()
        .contains("c.yaml:2:19: warning: users: 998 is the user who asks")
        .contains("it would capture itself");
  }

  private static String gate(String profile, String rule, String capture) {
    return BOTH
        + "profiles:\n  gate: { host: "
        + profile
        + " }\n"
        + "rules: [{ match: { port: 21"
        + rule
        + ", profile: gate }]\n"
        + "capture: { on-crash: open, "
        + capture
        + " }";
  }

  @ParameterizedTest(name = "{0}{1} {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1                            |}, action: ftp-tunnel | everybody: true | those who log in",
        "gate.example, user: batch            |}, action: ftp-tunnel | everybody: true | batch",
        "localhost, user: batch               |}, action: ftp-tunnel | users: [7, 1001] | batch",
        "localhost, user: culvert             |}, action: ftp-tunnel | everybody: true |",
        "localhost, user: joe                 |}, action: ftp-tunnel | users: batch |",
        "localhost, user: joe                 |}, action: ftp-tunnel | groups: batch | joe",
        "localhost                            |}, action: ftp-tunnel | users: batch | those who log in",
        "localhost                            |}, action: ftp-tunnel | cgroups: a.slice |",
        "ssh.example                          |}, action: ftp-tunnel | everybody: true |",
        "'localhost, proxy: http://proxy:80'  |}, action: ftp-tunnel | everybody: true |",
        "localhost                            |, listener: exec }, action: ftp-tunnel | everybody: true |",
        "localhost                            |}, action: ftp-tunnel, target: 'localhost:21' | everybody: true |",
        "localhost                            |}, action: ftp-tunnel, target: 'localhost:21' | everybody: true, local: true | those who log in",
        "localhost                            |}, action: ftp-tunnel, target: 'mf1:21' | everybody: true | those who log in",
        "localhost                            |}, action: ftp-tunnel, target: 'mf1:22' | everybody: true |",
      })
  void anSshServerHereMustNotHaveItsConnectionsCaptured(
      String profile, String rule, String capture, String who) {
    host.withCgroup("a.slice", 1);
    List<String> loops =
        warnings(gate(profile, rule, capture)).stream()
            .filter(warning -> warning.contains("round and round"))
            .toList();

    assertThat(loops)
        .isEqualTo(
            who == null
                ? List.of()
                : List.of(
                    "c.yaml:3:17: warning: host: "
                        + profile.replaceAll(",.*", "")
                        + " is this host, and what its sshd connects to for "
                        + who
                        + " is captured, comes back to Culvert, and goes round and round (expected:"
                        + " an SSH server on another host, or a user for it who is not captured)"));
  }

  @Test
  void aFamilyWithoutAListenerIsSaid() {
    assertThat(warnings("listeners: [{ redirect: 218 }]\ncapture: { users: batch }"))
        .containsExactly(
            "c.yaml:2:10: warning: capture: no redirect listener at [::1]: over IPv6 the same"
                + " connections are rejected");
    assertThat(warnings("listeners: [{ redirect: '[::1]:218' }]\ncapture: { users: batch }"))
        .containsExactly(
            "c.yaml:2:10: warning: capture: no redirect listener at 127.0.0.1: over IPv4 the same"
                + " connections are rejected");
  }

  @Test
  void aHostThatIsNoGatewayIsNotOneForOthers() throws IOException {
    String yaml =
        "listeners: [{ redirect: 2180, transparent: true }]\ncapture: { forwarded: 10.1.0.0/16 }";
    assertThat(warnings(yaml))
        .containsExactly(
            "c.yaml:2:23: warning: forwarded: this host forwards nothing over IPv4: of what the"
                + " other hosts send, only what is captured gets anywhere (expected: sysctl"
                + " net.ipv4.ip_forward=1)");

    host.forwarding(IpFamily.V4);
    assertThat(warnings(yaml)).isEmpty();

    host.forwarding(IpFamily.V4, IpFamily.V6);
    assertThat(warnings(yaml))
        .containsExactly(
            "c.yaml:2:23: warning: forwarded: no network of IPv6 is named, which this host"
                + " forwards: hosts that have such addresses, too, get past Culvert");
  }

  @Test
  void closedNeedsPortsThatOthersCannotHave() {
    host.withLimit(218);
    assertThat(warnings(BOTH + "capture: { users: batch }"))
        .singleElement()
        .asString()
        .contains(
            "on-crash: closed, but while Culvert does not run anybody can listen at port 218");
    assertThat(warnings(BOTH + "capture: { users: batch, on-crash: open }")).isEmpty();
  }

  @Test
  void aSocketOfSystemdsKeepsOthersFromThePortAsLongAsItIsThere() {
    String both =
        "listeners: [{ redirect: 2180, systemd-socket: true }, { redirect: '[::1]:2180',"
            + " systemd-socket: true }]\ncapture: { users: batch }\n";
    host.holding(new Endpoint("127.0.0.1", 2180));
    assertThat(warnings(both))
        .containsExactly(
            "c.yaml:2:10: warning: on-crash: closed, but systemd has no socket at [::1]:2180, so"
                + " that while Culvert does not run anybody can listen at port 2180 and be given"
                + " the jobs' passwords (expected: the .socket unit of listener redirect-2 is"
                + " started before)");
    host.holding(new Endpoint("::1", 2180));
    assertThat(warnings(both)).isEmpty();
  }

  @Test
  void withoutAPortNothingIsCaptured() {
    assertThat(warnings(BOTH + "capture: { users: batch }\nrules: []\nftp: { ports: [] }"))
        .containsExactly(
            "c.yaml:2:10: warning: capture: no rule names a port, and ftp.ports is empty: nothing"
                + " is captured");
  }
}
