package culvert.filter;

import static culvert.filter.Rules.known;
import static culvert.filter.Rules.winner;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.config.Fallback;
import culvert.config.FallbackReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Clients that have given an address, for which names of rules stand. */
class NamedAddressTest {
  private static final Set<FallbackReason> NEVER = Set.of();
  private static final Set<FallbackReason> UNREACHABLE = Set.of(FallbackReason.UNREACHABLE);
  private static final Set<FallbackReason> ALWAYS = Set.of(FallbackReason.values());

  private static ConnectionRequest captured(String... names) {
    return request().withNames(new DestinationNames.Known(Set.of(names)));
  }

  private static ConnectionRequest request() {
    return new ConnectionRequest(
        "192.0.2.1", known("192.0.2.1"), 21, Rules.address("127.0.0.1"), "redirect");
  }

  private static Rules rules() {
    return Rules.redirectedTo("redirect");
  }

  @Test
  void namesThatAreSpelledOutMatchWhatStandsForThem() {
    FilterEngine engine =
        rules()
            .block("host=*.bank.example,/.*bank.*/")
            .tunnel(NEVER, "host=mf.example,FTP.Bank.Example.,192.0.2.9", "port=21")
            .engine();

    assertThat(winner(engine.decide(captured("ftp.bank.example")))).isEqualTo("r2");
    assertThat(winner(engine.decide(captured("mf.example", "x.example")))).isEqualTo("r2");
    assertThat(winner(engine.decide(captured()))).isEqualTo("default-action");
    assertThat(engine.names()).containsExactlyInAnyOrder("ftp.bank.example", "mf.example");
  }

  @Test
  void ofSeveralNamesTheFirstRuleIsTaken() {
    FilterEngine engine =
        rules().tunnel(NEVER, "host=b.example").tunnel(NEVER, "host=a.example").engine();

    assertThat(winner(engine.decide(captured("a.example", "b.example")))).isEqualTo("r1");
  }

  @Test
  void namesAreAskedForWhereARuleNeedsThem() {
    FilterEngine engine =
        rules().block("network=198.51.100.0/24").block("host=ftp.example", "port=21").engine();
    ConnectionRequest notLookedUp = request().withNames(new DestinationNames.NotLookedUp());

    assertThat(winner(engine.decide(notLookedUp))).isEqualTo("needs-names");
    assertThat(winner(engine.explain(notLookedUp).decision())).isEqualTo("needs-names");
    assertThat(winner(engine.decide(request()))).isEqualTo("default-action");
    assertThat(
            winner(
                rules()
                    .block("network=192.0.2.0/24")
                    .block("host=ftp.example")
                    .engine()
                    .decide(notLookedUp)))
        .isEqualTo("r1");
    assertThat(winner(rules().block("host=*.example").engine().decide(notLookedUp)))
        .isEqualTo("default-action");
  }

  @Test
  void whoHasNamedItsDestinationHasNamedAllOfIt() {
    ConnectionRequest next =
        captured("ftp.example").withDestination("192.0.2.1", known("192.0.2.1"), 21);

    assertThat(winner(rules().block("host=ftp.example").engine().decide(next)))
        .isEqualTo("default-action");
  }

  @Test
  void rulesThatAreForOtherListenersHaveNoNames() {
    assertThat(rules().block("host=a.example", "listener=socks").engine().names()).isEmpty();
    assertThat(rules().block("host=a.example", "listener=redirect").engine().names())
        .containsExactly("a.example");
    assertThat(new Rules().block("host=a.example").engine().names()).isEmpty();
  }

  @Test
  void aNameBringsNothingIntoPlaintextThatWouldBeTunnelledWithoutIt() {
    FilterEngine direct =
        rules().add(Action.DIRECT, "host=evil.example").tunnel(NEVER, "port=21").engine();
    FilterEngine blocked =
        rules().add(Action.DIRECT, "host=evil.example").block("network=192.0.2.0/24").engine();

    assertThat(winner(direct.decide(captured("evil.example")))).isEqualTo("r2");
    assertThat(winner(blocked.decide(captured("evil.example")))).isEqualTo("r2");
  }

  @Test
  void aTunnelByANameCountsWithoutAFallbackThatWouldNotBeThereWithoutIt() {
    FilterEngine never =
        rules().tunnel(ALWAYS, "host=evil.example").tunnel(NEVER, "host=bank.example").engine();
    FilterEngine lessOften =
        rules().tunnel(ALWAYS, "host=evil.example").tunnel(UNREACHABLE, "port=21").engine();
    FilterEngine blocked =
        rules().tunnel(UNREACHABLE, "host=evil.example").block("network=192.0.2.0/24").engine();
    FilterEngine asOften =
        rules().tunnel(UNREACHABLE, "host=evil.example").tunnel(ALWAYS, "port=21").engine();

    assertTunnel(never.decide(captured("evil.example", "bank.example")), NEVER);
    assertTunnel(lessOften.decide(captured("evil.example")), NEVER);
    assertTunnel(blocked.decide(captured("evil.example")), NEVER);
    assertTunnel(asOften.decide(captured("evil.example")), UNREACHABLE);
  }

  private static void assertTunnel(Decision decision, Set<FallbackReason> fallback) {
    assertThat(winner(decision)).isEqualTo("r1");
    assertThat(((Decision.Decided) decision).route())
        .isEqualTo(
            new Route.FtpTunnel(
                CulvertConfig.DEFAULT_PROFILE,
                Optional.empty(),
                new Fallback(fallback),
                FtpHandling.STANDARD));
  }

  @Test
  void whatGoesInPlaintextAnywayDoesSoByItsName() {
    FilterEngine engine =
        rules()
            .add(Action.DIRECT, "host=plain.example")
            .tunnel(UNREACHABLE, "host=some.example")
            .tunnel(UNREACHABLE, "network=192.0.2.0/24")
            .engine();

    assertThat(winner(engine.decide(captured("plain.example")))).isEqualTo("r3");
    assertThat(winner(engine.decide(captured("plain.example", "some.example")))).isEqualTo("r2");
    assertTunnel(
        rules().tunnel(ALWAYS, "host=most.example").engine().decide(captured("most.example")),
        ALWAYS);
  }

  @Test
  void aLookUpThatWouldDecideAboutPlaintextIsMade() {
    FilterEngine engine =
        rules().add(Action.DIRECT, "host=evil.example").block("os-user=batch").engine();

    assertThat(winner(engine.decide(captured("evil.example")))).isEqualTo("needs-os-user");
    assertThat(winner(engine.decide(captured("evil.example").withOsUser(Set.of("batch")))))
        .isEqualTo("r2");
    assertThat(winner(engine.decide(captured("evil.example").withOsUser(Set.of("joe")))))
        .isEqualTo("r1");
  }

  @Test
  void aRuleThatIsPassedOverIsExplained() {
    Explanation explanation =
        rules()
            .add(Action.DIRECT, "host=evil.example,ftp.example")
            .tunnel(NEVER, "port=21")
            .engine()
            .explain(captured("evil.example"));

    assertThat(winner(explanation.decision())).isEqualTo("r2");
    assertThat(explanation.rejected().get(0).why())
        .isEqualTo(
            "it allows plaintext, and matches 192.0.2.1 by its name evil.example alone, without"
                + " which less is allowed");
  }

  @Test
  void aFallbackThatDoesNotCountIsExplained() {
    Rules rules =
        rules()
            .tunnel(ALWAYS, "host=evil.example,ftp.example")
            .tunnel(UNREACHABLE, "host=less.example")
            .tunnel(UNREACHABLE, "port=21");

    assertThat(rules.engine().explain(captured("evil.example")).withheld())
        .contains(
            "rule r1 counts without its fallback: it matches 192.0.2.1 by its name evil.example"
                + " alone, without which less is allowed");
    assertThat(rules.engine().explain(captured("less.example")).withheld()).isEmpty();
    assertThat(rules.engine().explain(captured()).withheld()).isEmpty();
  }

  @Test
  void onlyWhatNoAddressCanReachIsShadowed() {
    List<RuleWarning> byGlob =
        rules().block("host=*.example").block("host=a.example").compile().warnings();
    List<RuleWarning> byPlaintext =
        rules().add(Action.DIRECT, "host=a.example").block("host=a.example").compile().warnings();
    List<RuleWarning> byFallback =
        rules().tunnel(ALWAYS, "host=a.example").block("host=a.example").compile().warnings();
    List<RuleWarning> byTheSame =
        rules().block("host=a.example,b.example").block("host=a.example").compile().warnings();

    assertThat(byGlob).isEmpty();
    assertThat(byPlaintext).isEmpty();
    assertThat(byFallback).hasSize(1);
    assertThat(byTheSame).hasSize(1);
    assertThat(new Rules().block("host=*.example").block("host=a.example").compile().warnings())
        .hasSize(1);
  }
}
