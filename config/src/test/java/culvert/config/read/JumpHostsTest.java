package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Endpoint;
import culvert.config.SshProfile;
import culvert.config.SshWay;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code proxy-jump} and {@code proxy} come to. */
class JumpHostsTest {
  private static final String KEY = "user: u, authentication: publickey, identity-file: /k";

  private static List<String> problems(String... profiles) {
    return Loading.problems(profiles);
  }

  /** Of the file with those lines under {@code profiles}. */
  private static SshProfile profile(String name, String... profiles) {
    return Loading.config("profiles:\n  " + String.join("\n  ", profiles)).profiles().get(name);
  }

  private static List<String> chain(SshProfile profile) {
    return profile.chain().stream().map(SshProfile::name).toList();
  }

  @Test
  void withoutProxyJumpTheWayIsDirect() {
    SshProfile profile = profile("a", "a: { host: a }");

    assertThat(profile.way()).isEqualTo(new SshWay.Direct());
    assertThat(chain(profile)).containsExactly("a");
  }

  @Test
  void hopsAreTakenOutermostFirst() {
    String[] profiles = {
      "inner: { proxy-jump: [bastion, gate] }", "gate: { host: g }", "bastion: { host: b }"
    };
    SshProfile inner = profile("inner", profiles);

    assertThat(chain(inner)).containsExactly("bastion", "gate", "inner");
    assertThat(inner.chain().get(1).way()).isEqualTo(new SshWay.Jump(profile("bastion", profiles)));
  }

  @Test
  void theOutermostHopIsReachedByItsOwnConfiguration() {
    String[] profiles = {
      "inner: { proxy-jump: bastion }",
      "bastion: { host: b, proxy-jump: edge }",
      "edge: { host: e, proxy: 'socks5://proxy:1080' }"
    };
    SshProfile inner = profile("inner", profiles);

    assertThat(chain(inner)).containsExactly("edge", "bastion", "inner");
    assertThat(inner.chain().get(0).way())
        .isEqualTo(new SshWay.Proxy(SshWay.Proxy.Protocol.SOCKS5, new Endpoint("proxy", 1080)))
        .hasToString("socks5://proxy:1080");
    assertThat(inner.chain().get(1)).isEqualTo(profile("bastion", profiles));
  }

  @Test
  void whatAnInnerHopSaysOfItsOwnWayIsWithoutEffectAsWithSshJ() {
    String[] profiles = {
      "profiles:",
      "  inner: { proxy-jump: [bastion, gate] }",
      "  gate: { host: g, proxy-jump: other, proxy: '' }",
      "  bastion: { host: b }",
      "  other: { host: o }"
    };

    assertThat(chain(Loading.config(profiles).profiles().get("inner")))
        .containsExactly("bastion", "gate", "inner");
    assertThat(problems(profiles))
        .containsExactly(
            "c.yaml:2:34: warning: proxy-jump: profile \"gate\" is reached through \"bastion\" here; its"
                + " own proxy-jump and proxy are without effect, as with ssh -J");
  }

  @Test
  void anInnerHopMayNameTheOneBeforeItItself() {
    assertThat(
            problems(
                "profiles:",
                "  inner: { proxy-jump: [bastion, gate] }",
                "  gate: { host: g, proxy-jump: bastion }",
                "  bastion: { host: b }"))
        .isEmpty();
  }

  @Test
  void aProxyBesideProxyJumpIsWithoutEffectAndOneFromTheDefaultsIsSilentlySo() {
    String[] profiles = {
      "profiles:",
      "  defaults: { proxy: 'http://proxy:3128' }",
      "  a: { proxy-jump: bastion }",
      "  b: { proxy-jump: bastion, proxy: 'http://proxy:3128' }",
      "  bastion: { host: b }"
    };

    assertThat(problems(profiles))
        .containsExactly(
            "c.yaml:4:36: warning: proxy: without effect beside proxy-jump (expected: in profile"
                + " \"bastion\", the outermost hop)");
    assertThat(Loading.config(profiles).profiles().get("a").chain().get(0).way())
        .isInstanceOf(SshWay.Proxy.class);
  }

  @Test
  void aCircleIsAnErrorWhereItIsWritten() {
    assertThat(
            problems(
                "profiles:",
                "  a: { host: a, proxy-jump: [b, c] }",
                "  b: { host: b, proxy-jump: c }",
                "  c: { host: c, proxy-jump: a }",
                "  d: { host: d, proxy-jump: a }"))
        .containsExactly(
            "c.yaml:2:30: proxy-jump: a circle: a through b through c through a",
            "c.yaml:3:29: proxy-jump: a circle: b through c through a through b",
            "c.yaml:4:29: proxy-jump: a circle: c through a through b through c");
  }

  @Test
  void aHopInheritsTheProxyJumpOfTheDefaultsAndMustTakeItBack() {
    assertThat(
            problems("profiles:", "  defaults: { proxy-jump: bastion }", "  bastion: { host: b }"))
        .containsExactly(
            "c.yaml:2:27: proxy-jump: profile \"bastion\" itself, which inherits this (expected:"
                + " proxy-jump: [] in \"bastion\")");
    assertThat(
            problems(
                "profiles:",
                "  defaults: { proxy-jump: bastion }",
                "  bastion: { host: b, proxy-jump: [] }"))
        .isEmpty();
  }

  @Test
  void aHopNeedsAHostAndIsAnotherProfile() {
    assertThat(problems("profiles:", "  a: { host: a, proxy-jump: [b, a] }", "  b: { user: joe }"))
        .containsExactly(
            "c.yaml:2:30: proxy-jump: profile \"b\" has no host (expected: a profile with a"
                + " host)",
            "c.yaml:2:33: proxy-jump: profile \"a\" itself");
  }

  @Test
  void whatAHopTakesFromFtpTheProfileNeeds() {
    SshProfile inner =
        profile("inner", "inner: { proxy-jump: bastion, " + KEY + " }", "bastion: { host: b }");

    assertThat(inner.needsFtpUser()).isTrue();
    assertThat(inner.needsFtpPassword()).isTrue();
    assertThat(inner.takesFtpPassword()).isFalse();
  }

  @Test
  void whereThereIsNoFtpDialogueNoHopMayTakeAnythingFromIt() {
    assertThat(
            problems(
                "profiles:",
                "  inner: { host: i, proxy-jump: bastion, " + KEY + " }",
                "  bastion: { host: b }",
                "listeners: [{ tunnel: 1, protocol: tcp, profile: inner, target: 'x:1' }]",
                "rules: [{ action: tunnel, profile: inner }]"))
        .containsExactly(
            "c.yaml:4:50: this tunnel listener has no FTP dialogue, but profile \"bastion\" has"
                + " user: from-ftp (expected: a profile with a fixed user)",
            "c.yaml:5:36: action: tunnel has no FTP dialogue, but profile \"bastion\" has user:"
                + " from-ftp (expected: a profile with a fixed user)");
  }

  @Test
  void theSocksNameMustBeCheckedWhereAHopTakesIt() {
    assertThat(
            problems(
                "profiles:",
                "  inner: { host: i, proxy-jump: bastion, " + KEY + " }",
                "  bastion: { host: b, " + KEY.replace("user: u", "user: from-socks") + " }",
                "listeners:",
                "  - { tunnel: 1, protocol: tcp, profile: inner, target: 'x:1' }",
                "  - socks: 1080",
                "rules: [{ action: tunnel, profile: inner }]"))
        .containsExactly(
            "c.yaml:5:42: this tunnel listener has no SOCKS dialogue, but profile \"bastion\""
                + " has user: from-socks (expected: a profile with a fixed user)",
            "c.yaml:7:36: profile \"bastion\" has user: from-socks, but there is no checked"
                + " SOCKS name on listener socks (expected: users on each listener that the rule"
                + " matches)");
  }
}
