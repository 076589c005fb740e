package culvert.filter;

import static culvert.filter.Rules.known;
import static culvert.filter.Rules.request;
import static culvert.filter.Rules.winner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import culvert.config.Action;
import culvert.config.Fallback;
import culvert.config.FtpOptions;
import culvert.config.FtpSettings;
import culvert.config.FtpSettings.ActiveMode;
import culvert.config.FtpSettings.AuthTls;
import culvert.config.FtpSettings.DataConnections;
import culvert.config.FtpSettings.PassiveAddress;
import culvert.config.PortRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterEngineTest {

  @ParameterizedTest(name = "{0} against {1}: {2}")
  @CsvSource({
    "ftp.example,            ftp.example,           true",
    "FTP.Example.,           ftp.example,           true",
    "ftp.example,            FTP.EXAMPLE.,          true",
    "ftp.example,            ftp.example.org,       false",
    "a.mf.example,           *.mf.example,          true",
    "a.b.mf.example,         *.mf.example,          true",
    "mf.example,             *.mf.example,          false",
    "xmf.example,            *.mf.example,          false",
    "mf1,                    mf?,                   true",
    "mf,                     mf?,                   false",
    "mf12,                   mf?,                   false",
    "mf12.corp.example,      mf*.corp.example,      true",
    "ftp.x.example,          ftp.*,                 true",
    "ftp,                    ftp.*,                 false",
    "anything,               *,                     true",
    "a.b.c,                  *.?.*,                 true",
    "mf17.example,           /mf\\d+\\.example/,    true",
    "MF17.EXAMPLE,           /mf\\d+\\.example/,    true",
    "mf17.example.org,       /mf\\d+\\.example/,    false",
    "10.1.2.3,               10.1.*,                true",
    "::ffff:10.1.2.3,        10.1.2.3,              true",
    "2001:DB8:0:0:0:0:0:1,   2001:db8::1,           true",
    "[2001:db8::1],          2001:db8::1,           true",
    "fe80::1%eth0,           fe80::1,               true",
    "2001:db8::1,            2001:db8:*,            true",
    "*,                      ftp.example,           false",
  })
  void hostPatterns(String host, String pattern, boolean matches) {
    FilterEngine engine = new Rules().block("host=" + pattern).engine();

    assertThat(winner(engine.decide(request(host, 21))))
        .isEqualTo(matches ? "r1" : "default-action");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "/.*-.*-.*-.*-.*-.*\\.mf\\.example/",
        "/(-|a-)+(-|-a)+\\.mf/",
        "/((-*)*)*x/",
        "*-*-*-*-*-*-*-*-*-*x",
        "*-?*-?*-?*-?*-?*.mf.example"
      })
  void aNameThatAlmostMatchesTakesNoTime(String pattern) {
    FilterEngine engine = new Rules().block("host=" + pattern).engine();

    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            assertThat(winner(engine.decide(request("-".repeat(190) + ".mf.exampl", 21))))
                .isEqualTo("default-action"));
  }

  @ParameterizedTest(name = "{0} in {1}: {2}")
  @CsvSource({
    "10.20.1.1,        10.20.0.0/16,         true",
    "10.21.1.1,        10.20.0.0/16,         false",
    "10.20.1.1,        10.20.1.1,            true",
    "0.0.0.0,          0.0.0.0/0,            true",
    "::ffff:10.20.1.1, 10.20.0.0/16,         true",
    "10.20.1.1,        ::ffff:10.20.0.0/112, true",
    "10.20.1.1,        ::/0,                 false",
    "2001:db8::1,      2001:db8::/32,        true",
    "2001:db9::1,      2001:db8::/32,        false",
    "2001:db8::1%3,    2001:db8::1/128,      true",
    "2001:db8:0:1::1,  2001:db8:0:1::/64,    true",
    "2001:db8:0:1::1,  2001:db8:0:1::/65,    true",
    "fe80::1,          0.0.0.0/0,            false",
  })
  void literalAddressesMatchNetworksAtOnce(String host, String network, boolean matches) {
    FilterEngine engine = new Rules().block("network=" + network).engine();

    assertThat(winner(engine.decide(request(host, 21))))
        .isEqualTo(matches ? "r1" : "default-action");
  }

  @Test
  void theFirstMatchWinsWhateverItIsIndexedBy() {
    FilterEngine engine =
        new Rules()
            .block("host=/.*x.*/", "port=1")
            .block("client=10.0.0.0/8")
            .block("host=*.example")
            .block("host=ftp.example")
            .block("port=21")
            .engine();

    assertThat(winner(engine.decide(request("ftp.example", 21)))).isEqualTo("r3");
    assertThat(winner(engine.decide(request("ftp.other", 21)))).isEqualTo("r5");
    assertThat(winner(engine.decide(request("ftp.example", 21, "10.1.1.1", "socks"))))
        .isEqualTo("r2");
    assertThat(winner(engine.decide(request("x", 1)))).isEqualTo("r1");
  }

  @Test
  void aNameIsResolvedOnlyIfTheNetworkDecides() {
    FilterEngine engine =
        new Rules()
            .block("host=first.example")
            .block("network=10.0.0.0/8", "port=21")
            .block("host=last.example")
            .engine();

    assertThat(winner(engine.decide(request("first.example", 21)))).isEqualTo("r1");
    assertThat(winner(engine.decide(request("last.example", 22)))).isEqualTo("r3");
    assertThat(winner(engine.decide(request("other.example", 22)))).isEqualTo("default-action");
    assertThat(winner(engine.decide(request("last.example", 21)))).isEqualTo("needs-address");
    assertThat(winner(engine.decide(request("last.example", 21).withAddress(known("10.1.1.1")))))
        .isEqualTo("r2");
    assertThat(winner(engine.decide(request("last.example", 21).withAddress(known("192.0.2.1")))))
        .isEqualTo("r3");
  }

  @Test
  void aNameThatDoesNotResolveHereIsInNoNetwork() {
    FilterEngine engine =
        new Rules()
            .add(Action.DIRECT, "network=0.0.0.0/0,::/0")
            .add(Action.FTP_TUNNEL, "host=inside.example")
            .engine();

    assertThat(winner(engine.decide(unresolvable("inside.example", 21)))).isEqualTo("r2");
  }

  @ParameterizedTest(name = "{0} of {1}: {2}")
  @CsvSource({
    "inside.example, 21,  r3", // it may lie in the network, for all that anybody here can tell
    "inside.example, 22,  r2",
    "host.example,   21,  r1", // a rule for the name stands before the network
    "other.test,     80,  r4",
    "other.test,     81,  default-action",
  })
  void whatBlocksANetworkBlocksNamesThatNobodyHereCanResolve(String host, int port, String rule) {
    FilterEngine engine =
        new Rules()
            .add(Action.FTP_TUNNEL, "host=host.example")
            .add(Action.TUNNEL, "port=22")
            .block("network=127.0.0.0/8", "port=21")
            .block("network=192.0.2.0/24,2001:db8::/32", "host=*.test", "port=80")
            .engine();

    assertThat(winner(engine.decide(unresolvable(host, port)))).isEqualTo(rule);
    assertThat(winner(engine.explain(unresolvable(host, port)).decision())).isEqualTo(rule);
  }

  @Test
  void onlyAMatchingBlockTakesWhatDoesNotResolve() {
    FilterEngine engine =
        new Rules()
            .block("network=127.0.0.0/8", "client=10.0.0.0/8")
            .block("network=127.0.0.0/8", "listener=other")
            .block("network=127.0.0.0/8", "host=a.example")
            .add(Action.FTP_TUNNEL, "network=127.0.0.0/8")
            .engine();

    assertThat(winner(engine.decide(unresolvable("b.example", 21)))).isEqualTo("default-action");
    assertThat(winner(engine.decide(unresolvable("a.example", 21)))).isEqualTo("r3");
  }

  @Test
  void aBlockByNetworkStillAsksForTheOwnerThatItNames() {
    FilterEngine engine = new Rules().block("network=127.0.0.0/8", "os-user=batch").engine();
    ConnectionRequest request = unresolvable("a.example", 21);

    assertThat(winner(engine.decide(request))).isEqualTo("needs-os-user");
    assertThat(winner(engine.decide(request.withOsUser(Set.of("batch"))))).isEqualTo("r1");
    assertThat(winner(engine.decide(request.withOsUser(Set.of("other")))))
        .isEqualTo("default-action");
  }

  @Test
  void aLiteralAddressIsNeverUnresolvable() {
    FilterEngine engine = new Rules().block("network=127.0.0.0/8").engine();

    assertThat(winner(engine.decide(unresolvable("192.0.2.1", 21)))).isEqualTo("default-action");
  }

  private static ConnectionRequest unresolvable(String host, int port) {
    return request(host, port).withAddress(new DestinationAddress.Unresolvable());
  }

  @Test
  void aMappedClientAddressIsAnIpv4Client() {
    FilterEngine engine = new Rules().block("client=10.0.0.0/8").engine();

    assertThat(winner(engine.decide(request("h", 21, "::ffff:10.1.1.1", "socks")))).isEqualTo("r1");
    assertThat(winner(engine.decide(request("h", 21, "::1", "socks")))).isEqualTo("default-action");
  }

  @Test
  void routesCarryWhatTheRuleSays() {
    FilterEngine engine =
        new Rules()
            .add(Action.FTP_TUNNEL, "host=a")
            .add(Action.TUNNEL, "host=b")
            .add(Action.DIRECT, "host=c")
            .add(Action.BLOCK, "host=d")
            .engine();

    assertThat(route(engine, "a", 21))
        .isEqualTo(
            new Route.FtpTunnel("defaults", Optional.empty(), Fallback.NONE, FtpHandling.STANDARD));
    assertThat(route(engine, "b", 21))
        .isEqualTo(new Route.Tunnel("defaults", Optional.empty(), Fallback.NONE));
    assertThat(route(engine, "c", 21))
        .isEqualTo(new Route.Direct(Optional.of(FtpHandling.STANDARD)));
    assertThat(route(engine, "c", 2121)).isEqualTo(new Route.Direct(Optional.empty()));
    assertThat(route(engine, "d", 21)).isEqualTo(new Route.Block());
    assertThat(route(engine, "e", 21))
        .isEqualTo(new Route.Direct(Optional.of(FtpHandling.STANDARD)));
    assertThat(route(engine, "e", 80)).isEqualTo(new Route.Direct(Optional.empty()));
  }

  @Test
  void theOwnerIsLookedUpOnlyWhereItDecides() {
    FilterEngine engine =
        new Rules()
            .block("host=first.example")
            .block("port=21", "os-user=batch,10??", "application=curl,nc*")
            .block("host=last.example")
            .engine();
    ConnectionRequest request = request("last.example", 21);

    assertThat(winner(engine.decide(request("first.example", 21)))).isEqualTo("r1");
    assertThat(winner(engine.decide(request("last.example", 22)))).isEqualTo("r3");
    assertThat(winner(engine.decide(request))).isEqualTo("needs-os-user");
    assertThat(winner(engine.decide(request.withOsUser(Set.of("0", "root"))))).isEqualTo("r3");
    ConnectionRequest ofBatch = request.withOsUser(Set.of("1001", "batch"));
    assertThat(winner(engine.decide(ofBatch))).isEqualTo("needs-application");
    assertThat(winner(engine.decide(ofBatch.withApplication(Set.of("lftp"))))).isEqualTo("r3");
    assertThat(winner(engine.decide(ofBatch.withApplication(Set.of("x", "ncftpput")))))
        .isEqualTo("r2");
    assertThat(
            winner(
                engine.decide(request.withOsUser(Set.of("1001")).withApplication(Set.of("curl")))))
        .isEqualTo("r2");
  }

  @Test
  void anUnknownOwnerMatchesNothing() {
    FilterEngine engine = new Rules().block("os-user=*").block("application=*").engine();
    ConnectionRequest request = request("ftp.example", 21);

    assertThat(winner(engine.decide(request.withOsUser(Set.of()).withApplication(Set.of()))))
        .isEqualTo("default-action");
    assertThat(winner(engine.decide(request.withOsUser(Set.of()).withApplication(Set.of("x")))))
        .isEqualTo("r2");
  }

  @Test
  void theOwnerIsLookedUpBeforeTheName() {
    FilterEngine engine = new Rules().block("os-user=batch", "network=10.0.0.0/8").engine();

    assertThat(winner(engine.decide(request("ftp.example", 21)))).isEqualTo("needs-os-user");
    assertThat(winner(engine.decide(request("ftp.example", 21).withOsUser(Set.of("batch")))))
        .isEqualTo("needs-address");
    assertThat(winner(engine.decide(request("192.0.2.1", 21)))).isEqualTo("default-action");
  }

  @Test
  void namesOfUsersAndProgramsAreCaseSensitive() {
    FilterEngine engine = new Rules().block("application=CuRL").engine();
    ConnectionRequest request = request("ftp.example", 21);

    assertThat(winner(engine.decide(request.withApplication(Set.of("curl")))))
        .isEqualTo("default-action");
    assertThat(winner(engine.decide(request.withApplication(Set.of("CuRL"))))).isEqualTo("r1");
  }

  @Test
  void theExplanationNamesTheOwner() {
    FilterEngine engine =
        new Rules().block("os-user=etl", "application=lftp").block("host=a").engine();

    assertThat(engine.explain(request("a", 21).withOsUser(Set.of("1001", "batch"))).rejected())
        .extracting(Explanation.Rejected::why)
        .containsExactly("os-user 1001/batch is not etl");
    assertThat(
            engine
                .explain(request("a", 21).withOsUser(Set.of("etl")).withApplication(Set.of()))
                .rejected())
        .extracting(Explanation.Rejected::why)
        .containsExactly("application is unknown, so it is not lftp");
  }

  private static Route route(FilterEngine engine, String host, int port) {
    return ((Decision.Decided) engine.decide(request(host, port))).route();
  }

  @Test
  void ftpIsHandledAsTheRuleSays() {
    FtpSettings settings =
        new FtpSettings(
            ActiveMode.REMOTE_FORWARD,
            DataConnections.LISTENER,
            PassiveAddress.ANNOUNCED,
            AuthTls.PASS_THROUGH);
    FtpOptions ftp = new FtpOptions(List.of(new PortRange(2121, 2121)), settings);
    FilterEngine engine =
        new Rules()
            .add(Action.FTP_TUNNEL, true, ftp, "host=a")
            .add(Action.DIRECT, false, ftp, "host=b")
            .add(Action.TUNNEL, false, ftp, "host=c")
            .engine();

    assertThat(route(engine, "a", 21).ftp()).contains(new FtpHandling(settings, true));
    assertThat(route(engine, "b", 2121).ftp()).contains(new FtpHandling(settings, false));
    assertThat(route(engine, "b", 21).ftp()).isEmpty();
    assertThat(route(engine, "c", 2121).ftp()).isEmpty();
    assertThat(route(engine, "d", 21).ftp()).contains(FtpHandling.STANDARD);
  }

  @Test
  void theExplanationNamesEveryConditionThatFailed() {
    FilterEngine engine =
        new Rules()
            .block("host=*.mf.example,mf?", "port=22,8021-8030")
            .block("network=10.0.0.0/8", "client=192.0.2.0/24", "listener=mainframe")
            .block("host=a,b,c,d,e,f")
            .block("port=21")
            .engine();

    Explanation explanation = engine.explain(request("172.16.0.1", 21));

    assertThat(winner(explanation.decision())).isEqualTo("r4");
    assertThat(explanation.rejected())
        .extracting(Explanation.Rejected::why)
        .containsExactly(
            "host 172.16.0.1 is not *.mf.example, mf?; port 21 is not 22, 8021-8030",
            "address 172.16.0.1 is not in 10.0.0.0/8; client 127.0.0.1 is not in 192.0.2.0/24;"
                + " listener socks is not mainframe",
            "host 172.16.0.1 is not a, b, c, d or 2 more");
  }
}
