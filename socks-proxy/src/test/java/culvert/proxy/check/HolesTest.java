package culvert.proxy.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/7", "::/0", "2000::/3", "::/1"})
  void aListenerThatIsOpenToTheWorldIsOne(String network) {
    assertThat(holes(socks("0.0.0.0:1080", "[10.0.0.0/8, '" + network + "']", "")))
        .containsExactly(
            "c.yaml:1:61: warning: allow-from: "
                + network
                + " lets in whoever can reach 0.0.0.0:1080, without a name or a password (expected:"
                + " the networks of the clients, or users beside it)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/8", "192.168.0.0/16", "fc00::/7", "fe80::/10", "2001:db8::/32"})
  void networksThatSomebodyHasAreNone(String network) {
    assertThat(holes(socks("0.0.0.0:1080", "['" + network + "']", ""))).isEmpty();
  }

  @Test
  void whoMustGiveANameMayComeFromAnywhere() {
    assertThat(holes(socks("0.0.0.0:1080", "[0.0.0.0/0]", ", users: {a: '${env:SECRET}'}")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:1080", "'[::1]:1080'", "localhost:1080"})
  void nobodyFromElsewhereReachesLoopback(String bind) {
    assertThat(holes(socks(bind, "[0.0.0.0/0]", ""))).isEmpty();
  }

  @Test
  void aFixedTunnelKnowsNoNames() {
    assertThat(
            holes(
                "listeners: [{ tunnel: '[::]:1234', allow-from: '::/0', protocol: ftp, profile: a,"
                    + " target: 'localhost:21' }]\nprofiles: { a: { host: a.example } }"))
        .containsExactly(
            "c.yaml:1:48: warning: allow-from: ::/0 lets in whoever can reach [::]:1234, without a"
                + " name or a password (expected: the networks of the clients)");
  }

  @Test
  void aRedirectListenerLetsInThisHostAloneUnlessItSaysWhom() {
    assertThat(
            holes(
                "listeners: [{ redirect: '0.0.0.0:2180' },"
                    + " { redirect: '0.0.0.0:2181', transparent: true, allow-from: 0.0.0.0/0 }]"))
        .containsExactly(
            "c.yaml:1:102: warning: allow-from: 0.0.0.0/0 lets in whoever can reach 0.0.0.0:2181,"
                + " without a name or a password (expected: the networks of the clients)");
  }

  @Test
  void aProfileThatNobodyUsesIsOne() {
    assertThat(
            holes(
                """
                profiles:
                  outer: { host: o.example, user: x, authentication: publickey, identity-file: /k }
                  inner: { host: i.example, proxy-jump: outer }
                  spare: { host: s.example }
                  named: { host: n.example }
                rules:
                  - { match: { port: 21 }, action: ftp-tunnel, profile: inner }
                  - { match: { port: 22 }, action: direct, profile: named }
                """))
        .containsExactly(
            "c.yaml:5:10: warning: profile \"named\": nobody uses it (expected: in the profile of a"
                + " rule that tunnels, or of a listener, or in proxy-jump)",
            "c.yaml:4:10: warning: profile \"spare\": nobody uses it (expected: in the profile of a"
                + " rule that tunnels, or of a listener, or in proxy-jump)");
  }

  private static String socks(String bind, String allowFrom, String more) {
    return "listeners: [{ socks: " + bind + ", allow-from: " + allowFrom + more + " }]";
  }

  private static List<String> holes(String text) {
    return Checked.text(Holes.in(Checked.load(text)));
  }
}
