package culvert.proxy.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlaintextWaysTest {

  @Test
  void aRuleWithFallbackIsOneForEachReason() {
    assertThat(
            ways(
                """
                rules:
                  - name: strict
                    match: { host: a.example }
                    action: ftp-tunnel
                  - name: loose
                    match: { port: 21 }
                    action: ftp-tunnel
                    fallback: plain
                    fallback-on: [auth-failed, unreachable]
                  - { name: rest, action: block }
                """))
        .containsExactly("loose c.yaml:8:15 unreachable", "loose c.yaml:8:15 auth-failed");
  }

  @Test
  void directIsOneWhereItReachesAPortOfFtp() {
    assertThat(
            ways(
                """
                ftp: { ports: [21, 2121] }
                rules:
                  - { name: a, match: { port: 80 }, action: direct }
                  - { name: b, match: { host: b.example }, action: direct }
                  - { name: c, match: { port: 2121 }, action: block }
                  - { name: d, match: { port: 8021 }, action: ftp-tunnel }
                """))
        .containsExactly("b c.yaml:4:52 rule", "default-action c.yaml:1:1 rule");
    assertThat(
            PlaintextWays.of(
                Checked.load(
                    """
                    rules:
                      - { name: c, match: { port: 21, host: c.example }, action: ftp-tunnel }
                      - { name: d, match: { port: 8021 }, action: ftp-tunnel }
                    """)))
        .extracting(PlaintextWay::words)
        .containsExactly("direct, and it can reach FTP at port 21");
  }

  @Test
  void aRuleThatNothingReachesIsNone() {
    assertThat(
            ways(
                """
                rules:
                  - { name: a, match: { port: 21 }, action: ftp-tunnel }
                  - { name: b, match: { port: 21, host: b.example }, action: direct }
                """))
        .isEmpty();
  }

  @Test
  void withoutPinsTunnelledDestinationsMayBeOpenedByWhoeverStopsTheServer() {
    assertThat(
            ways(
                """
                rules:
                  - { name: a, match: { port: 21 }, action: ftp-tunnel, fallback: plain,
                      fallback-on: unreachable }
                pin-tunnelled: false
                """))
        .containsExactly("a c.yaml:2:67 unreachable", "pin-tunnelled c.yaml:4:16 unreachable");
  }

  @Test
  void whatIsBehindTlsOrARemoteTunnelIsOne() {
    assertThat(
            ways(
                """
                listeners:
                  - { name: back, remote-tunnel: 2121, protocol: ftp, profile: g, target: "f.example:21" }
                  - { name: home, remote-tunnel: 2122, protocol: ftp, profile: g, target: "localhost:21" }
                profiles:
                  defaults: { user: x, authentication: publickey, identity-file: /k }
                  g: { host: g.example }
                rules:
                  - { name: tls, match: { port: 21 }, action: ftp-tunnel, profile: g, ftp: { auth-tls: pass-through } }
                """))
        .containsExactly("tls c.yaml:8:5 rule", "back c.yaml:2:75 rule");
  }

  private static List<String> ways(String text) {
    return PlaintextWays.of(Checked.load(text)).stream()
        .map(way -> way.rule() + " " + way.location() + " " + way.why())
        .toList();
  }
}
