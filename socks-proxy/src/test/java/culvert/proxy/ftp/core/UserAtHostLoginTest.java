package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.LoginLines.client;
import static culvert.proxy.ftp.core.LoginLines.server;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code USER name@host[:port]}. */
class UserAtHostLoginTest {
  private static final LoginEvent TUNNEL = new LoginEvent.UpstreamOpened(Serves.ONE_IDENTITY);
  private static final LoginEvent PLAIN = new LoginEvent.UpstreamOpened(Serves.ANY_LOGIN);
  private static final LoginEvent NAME_WILL_DO = new LoginEvent.Decided(LoginDepth.USER);
  private static final LoginEvent PASSWORD_TOO =
      new LoginEvent.Decided(LoginDepth.USER_AND_PASSWORD);

  private final Captured login = new Captured(LoginCapture.userAtHost());

  private List<String> on(LoginEvent... events) {
    return login.on(events);
  }

  @ParameterizedTest(name = "USER {0} -> {1}, as {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "bob@ftp.example; ftp.example:21; bob",
        "bob@ftp.example:2121; ftp.example:2121; bob",
        "bob@10.0.0.1:65535; 10.0.0.1:65535; bob",
        "bob@[2001:db8::1]; [2001:db8::1]:21; bob",
        "bob@[::1]:2121; [::1]:2121; bob",
        "bob@mail.example@ftp.example; ftp.example:21; bob@mail.example",
        "a b|c@h; h:21; a b|c",
        "@h; h:21; ''",
        "bob; as requested; bob",
        "'  '; as requested; '  '"
      })
  void theDestinationStandsBehindTheLastAtSign(String argument, String destination, String user) {
    assertThat(on(client("USER " + argument))).containsExactly("decide " + destination);
    assertThat(login.state()).isEqualTo(LoginState.DECIDING);

    assertThat(on(NAME_WILL_DO)).containsExactly("open for " + user);
    assertThat(on(TUNNEL, server("220 hi"))).containsExactly("> USER " + user);
  }

  @ParameterizedTest(name = "USER bob@{0}")
  @ValueSource(
      strings = {"", ":21", "h:", "h:0", "h:65536", "h:x", "[::1", "[]:21", "::1", "h:1:2"})
  void whatIsNoDestinationIsA501AndTheSessionStaysUsable(String destination) {
    assertThat(on(client("USER bob@" + destination)))
        .containsExactly(
            "< 501 culvert: USER name@host[:port]: "
                + destination
                + " (expected: HOST:PORT, port 1..65535, an IPv6 address in brackets;"
                + " port 21 if it is left out)");
    assertThat(on(client("PASS x"))).containsExactly("< 503 Login with USER first.");
    assertThat(on(client("USER bob@h"))).containsExactly("decide h:21");
  }

  @Test
  void aBadDestinationLeavesNothingOfTheUserBefore() {
    on(client("USER bob@h"), PASSWORD_TOO);

    on(client("USER eve@h:x"));

    assertThat(login.state()).isEqualTo(LoginState.AWAIT_USER);
    assertThat(on(client("PASS x"))).containsExactly("< 503 Login with USER first.");
  }

  @Test
  void thePasswordIsAskedForWhereTheWayToTheDestinationNeedsIt() {
    on(client("USER bob@h"));

    assertThat(on(PASSWORD_TOO)).containsExactly("< 331 Please specify the password.");
    assertThat(on(client("PASS secret"))).containsExactly("open for bob with secret");
    assertThat(on(TUNNEL, server("220 hi"), server("331 p?"), server("230 in")))
        .containsExactly("> USER bob", "> PASS secret", "< 230 in");
  }

  @Test
  void inPlaintextTheServersOwnAnswerToUserIsRelayed() {
    on(client("USER bob@h"), NAME_WILL_DO);

    assertThat(on(PLAIN, server("220 hi"), server("331 really?")))
        .containsExactly("> USER bob", "< 331 really?");
    assertThat(on(client("PASS x"))).containsExactly("forward PASS x");
  }

  @Test
  void aDestinationThatIsRefusedLeavesTheSessionUsable() {
    on(client("USER bob@h"));

    assertThat(on(new LoginEvent.Refused("culvert: h:21 is not allowed")))
        .containsExactly("< 530 culvert: h:21 is not allowed");
    assertThat(on(client("USER bob@g"), PASSWORD_TOO))
        .containsExactly("decide g:21", "< 331 Please specify the password.");
  }

  @Test
  void whatIsPipelinedBehindUserWaitsForTheDecision() {
    assertThat(on(client("USER bob@h"), client("PASS secret"), client("PWD")))
        .containsExactly("decide h:21");

    assertThat(on(PASSWORD_TOO))
        .containsExactly("< 331 Please specify the password.", "open for bob with secret");
    assertThat(on(TUNNEL, server("220 hi"), server("331 p?"), server("230 in")))
        .containsExactly("> USER bob", "> PASS secret", "< 230 in", "forward PWD");
  }

  @Test
  void whatIsPipelinedBehindARefusedDestinationIsAnsweredHere() {
    on(client("USER bob@h"), client("PASS secret"), client("USER bob@g"), client("PASS x"));

    assertThat(on(new LoginEvent.Refused("no")))
        .containsExactly("< 530 no", "< 503 Login with USER first.", "decide g:21");
    assertThat(on(PASSWORD_TOO))
        .containsExactly("< 331 Please specify the password.", "open for bob with x");
  }

  @Test
  void aSecondUserBeforePassIsDecidedAnew() {
    on(client("USER bob@h"), PASSWORD_TOO);

    assertThat(on(client("USER eve@g:2121"))).containsExactly("decide g:2121");
    assertThat(on(NAME_WILL_DO)).containsExactly("open for eve");
  }

  @ParameterizedTest(name = "it serves {0}")
  @EnumSource
  void anyUserAfterTheLoginStartsOver(Serves serves) {
    on(client("USER bob@h"), NAME_WILL_DO, new LoginEvent.UpstreamOpened(serves));
    on(server("220 hi"), server("230 in"));
    assertThat(login.state()).isEqualTo(LoginState.LOGGED_IN);

    assertThat(on(client("USER bob@g"))).containsExactly("CloseUpstream", "decide g:21");
    assertThat(on(PASSWORD_TOO, client("PASS x")))
        .containsExactly("< 331 Please specify the password.", "open for bob with x");
  }

  @Test
  void afterAFallbackThatWasAVerdictOnOneLoginReinWaitsForADestination() {
    on(client("USER anonymous@h"), PASSWORD_TOO, client("PASS me@"));
    on(new LoginEvent.UpstreamOpened(Serves.ONE_LOGIN), server("220 hi"), server("230 in"));

    assertThat(on(client("REIN"), client("PWD"), client("USER bob@g")))
        .containsExactly(
            "CloseUpstream",
            "< 220 Culvert FTP proxy ready.",
            "< 530 Please login with USER and PASS.",
            "decide g:21");
  }

  @Test
  void aBadDestinationAfterTheLoginEndsItToo() {
    on(client("USER bob@h"), NAME_WILL_DO, PLAIN, server("220 hi"), server("230 in"));

    assertThat(on(client("USER bob@h:x"))).hasSize(2).first().isEqualTo("CloseUpstream");
    assertThat(on(client("PWD"))).containsExactly("< 530 Please login with USER and PASS.");
  }

  @ParameterizedTest
  @EnumSource
  void aDecisionThatNobodyWaitsForChangesNothing(LoginDepth depth) {
    assertThat(on(new LoginEvent.Decided(depth), new LoginEvent.Refused("x"))).isEmpty();
    on(client("USER bob@h"), PASSWORD_TOO);
    assertThat(on(new LoginEvent.Decided(depth), new LoginEvent.Refused("x"))).isEmpty();
    assertThat(login.state()).isEqualTo(LoginState.AWAIT_PASS);
  }

  @Test
  void anAccountGivenBeforeUserIsThatUsers() {
    on(client("ACCT payroll"), client("USER bob@h"), PASSWORD_TOO, client("PASS x"));

    assertThat(on(TUNNEL, server("220 hi"), server("331 p?"), server("332 acct?")))
        .containsExactly("> USER bob", "> PASS x", "> ACCT payroll");
  }
}
