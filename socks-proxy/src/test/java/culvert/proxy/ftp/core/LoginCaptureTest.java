package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.LoginLines.client;
import static culvert.proxy.ftp.core.LoginLines.server;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.ssh.Password;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginCaptureTest {
  private static final LoginEvent TUNNEL = new LoginEvent.UpstreamOpened(Serves.ONE_IDENTITY);
  private static final LoginEvent PLAIN = new LoginEvent.UpstreamOpened(Serves.ANY_LOGIN);
  private static final LoginEvent VERDICT = new LoginEvent.UpstreamOpened(Serves.ONE_LOGIN);

  private final LoginCapture capture = new LoginCapture(LoginDepth.USER_AND_PASSWORD);
  private final ReplySplitter splitter = new ReplySplitter();
  private final Reply.Collector collector = new Reply.Collector();
  private Captured login = new Captured(capture);

  private List<String> on(LoginEvent... events) {
    return login.on(events);
  }

  private void given(LoginState state) {
    switch (state) {
      case AWAIT_USER -> {}
      case AWAIT_PASS -> on(client("USER bob"));
      case DECIDING -> {
        login = new Captured(LoginCapture.userAtHost());
        on(client("USER bob@h"));
      }
      case OPENING_UPSTREAM -> on(client("USER bob"), client("PASS secret"));
      case REPLAYING_LOGIN -> on(client("USER bob"), client("PASS secret"), TUNNEL);
      case LOGGED_IN ->
          on(client("USER bob"), client("PASS secret"), TUNNEL, server("220 x"), server("230 in"));
      case REFUSED -> on(client("QUIT"));
    }
    assertThat(login.state()).isEqualTo(state);
  }

  @Test
  void theGreetingIsOneLine() {
    assertThat(LoginCapture.greeting()).asString(ISO_8859_1).matches("220 [^\r\n]+\r\n");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "FEAT; 530 Please login with USER and PASS.",
        "SYST; 530 Please login with USER and PASS.",
        "LANG en; 530 Please login with USER and PASS.",
        "PASV; 530 Please login with USER and PASS.",
        "OPTS MLST size; 530 Please login with USER and PASS.",
        "XYZZY; 530 Please login with USER and PASS.",
        "P@SW; 500 culvert: not understood, a command is VERB or VERB ARGUMENT.",
        "USER\tbob; 500 culvert: not understood, a command is VERB or VERB ARGUMENT.",
        "PASS\tx; 500 culvert: not understood, a command is VERB or VERB ARGUMENT.",
        "AUTH TLS; 502 culvert: TLS is not supported here, go on in clear.",
        "AUTH SSL; 502 culvert: TLS is not supported here, go on in clear.",
        "PBSZ 0; 502 culvert: TLS is not supported here, go on in clear.",
        "PROT P; 502 culvert: TLS is not supported here, go on in clear.",
        "ADAT x; 502 culvert: TLS is not supported here, go on in clear.",
        "OPTS UTF8 ON; 200 UTF8 noted.",
        "OPTS utf8; 200 UTF8 noted.",
        "OPTS UTF-8; 200 UTF8 noted.",
        "CLNT lftp; 200 Noted.",
        "NOOP; 200 OK.",
        "HOST ftp.example; 220 Host noted.",
        "PASS x; 503 Login with USER first.",
        "ACCT x; 202 Account noted.",
        "USER bob; 331 Please specify the password."
      })
  void beforeTheLoginCommandsAreAnsweredHere(String command, String reply) {
    assertThat(on(client(command))).containsExactly("< " + reply);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"FEAT", "SYST", "AUTH TLS", "OPTS UTF8 ON", "NOOP", "PASS\tx"})
  void betweenUserAndPassOtherCommandsChangeNothing(String command) {
    given(LoginState.AWAIT_PASS);

    on(client(command));

    assertThat(login.state()).isEqualTo(LoginState.AWAIT_PASS);
    assertThat(on(client("PASS secret"))).containsExactly("open for bob with secret");
  }

  @Test
  void quitIsAnsweredAndCloses() {
    assertThat(on(client("QUIT"))).containsExactly("< 221 Goodbye.", "Close");
    assertThat(login.state()).isEqualTo(LoginState.REFUSED);
  }

  @Test
  void aSecondUserStartsOver() {
    assertThat(on(client("USER bob"), client("USER eve"), client("PASS x")))
        .containsExactly(
            "< 331 Please specify the password.",
            "< 331 Please specify the password.",
            "open for eve with x");
  }

  @ParameterizedTest(name = "password <{0}>")
  @ValueSource(strings = {"", " ", "-quiet", "a b", "b@c", "p|q", "\u00e9\u00ff"})
  void aPasswordReachesTheServerByteForByte(String password) {
    on(client("USER bob"), client("PASS " + password), TUNNEL, server("220 hi"));

    assertThat(on(server("331 password?"))).containsExactly("> PASS " + password);
  }

  @Test
  void theLoginIsReplayedAndTheFinalReplyGoesToTheClientWithAllItsLines() {
    given(LoginState.OPENING_UPSTREAM);

    assertThat(on(TUNNEL)).isEmpty();
    assertThat(on(server("220-one|220 two"))).containsExactly("> USER bob");
    assertThat(on(server("331 password?"))).containsExactly("> PASS secret");
    assertThat(on(server("230-Welcome|  all|230 In.")))
        .containsExactly("< 230-Welcome|  all|230 In.");
    assertThat(login.state()).isEqualTo(LoginState.LOGGED_IN);
  }

  @Test
  void aServerThatIsNotReadyYetIsWaitedFor() {
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("120 in 5 minutes"))).isEmpty();
    assertThat(on(server("220 ready"))).containsExactly("> USER bob");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "220 a;220 b;>USER bob;331 p?;>PASS secret",
        "220 a;220-b| c|220 d;220 e;220 f;>USER bob;331 p?;>PASS secret",
        "120 wait;220 a;220 b;>USER bob;331 p?;>PASS secret",
        "220 a;>USER bob;220 b;120 wait;220 c;331 p?;>PASS secret",
        "Hello||220 a;>USER bob;Hello|220 b;|331 p?;>PASS secret"
      })
  void aServerMayGreetInSeveralReplies(String dialogue) {
    given(LoginState.REPLAYING_LOGIN);

    assertThat(sentInAnswerTo(dialogue)).isEqualTo(expectedIn(dialogue));
    assertThat(on(server("230 in"))).containsExactly("< 230 in");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "220 a;220 b;>OPTS UTF8;501 no;>HOST v;220 v;>NOOP;530 no;>USER bob;331 p?;>PASS secret",
        "220 a;220 b;200 ok;220 v;200 ok;331 p?;>OPTS UTF8;>HOST v;>NOOP;>USER bob;>PASS secret",
        "220 a;220 b;200 ok;500 no;200 ok;331 p?;>OPTS UTF8;>HOST v;>NOOP;>USER bob;>PASS secret",
        "220 a;220 b;220 c;220 d;530 no;502 no;530 no;331 p?;"
            + ">OPTS UTF8;>HOST v;>NOOP;>USER bob;>PASS secret",
        "220 a;220 a;220 a;220 a;220 a;220 a;501 no;220 v;200 ok;230 in;"
            + ">OPTS UTF8;>HOST v;>NOOP;>USER bob"
      })
  void furtherGreetingsMayBeTakenForAnswersToWhatWasSentBeforeTheLogin(String dialogue) {
    on(client("OPTS UTF8"), client("HOST v"), client("NOOP"));
    given(LoginState.REPLAYING_LOGIN);

    assertThat(sentInAnswerTo(dialogue)).isEqualTo(expectedIn(dialogue));
  }

  private List<String> sentInAnswerTo(String dialogue) {
    List<String> sent = new ArrayList<>();
    for (String step : dialogue.split(";", -1)) {
      if (!step.startsWith(">")) {
        for (ReplyLine line :
            splitter.feed((step.replace("|", "\r\n") + "\r\n").getBytes(ISO_8859_1))) {
          collector.add(line).ifPresent(reply -> sent.addAll(on(new LoginEvent.Replied(reply))));
        }
      }
    }
    return sent.stream().filter(line -> line.startsWith("> ")).toList();
  }

  private static List<String> expectedIn(String dialogue) {
    return Stream.of(dialogue.split(";", -1))
        .filter(step -> step.startsWith(">"))
        .map(step -> "> " + step.substring(1))
        .toList();
  }

  @Test
  void aVirtualHostThatIsUnknownFailsTheLoginBehindSeveralGreetingsToo() {
    on(client("OPTS UTF8"), client("HOST v"));
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 a"), server("220 b"), server("200 ok"), server("504 no such host")))
        .endsWith("< 504 no such host", "CloseUpstream");
  }

  @Test
  void aUserThatIsRefusedBehindItsVirtualHostIsRefused() {
    on(client("HOST v"));
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 a"), server("220 v"), server("530 use TLS")))
        .containsExactly("> HOST v", "> USER bob", "< 530 use TLS", "CloseUpstream");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "000 x, '500 culvert: the FTP server answered 000, which is no code.'",
    "099 x, 099 x",
    "700 x, 700 x",
    "999 x, 999 x"
  })
  void aCodeThatIsNoneIsNoSuccess(String reply, String told) {
    given(LoginState.REPLAYING_LOGIN);
    on(server("220 a"), server("331 p?"));

    assertThat(on(server(reply))).containsExactly("< " + told, "CloseUpstream");
  }

  @Test
  void aServersLastWordsReachTheClientAsAWholeLine() {
    given(LoginState.REPLAYING_LOGIN);
    assertThat(splitter.feed("530 go away".getBytes(ISO_8859_1))).isEmpty();
    Reply reply = collector.add(splitter.end().orElseThrow()).orElseThrow();

    LoginEffect.ToClient told =
        (LoginEffect.ToClient) login.effects(new LoginEvent.Replied(reply)).get(0);

    assertThat(told.bytes()).asString(ISO_8859_1).isEqualTo("530 go away\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"421 too many", "500 go away", "530-no|530 no", "450 later"})
  void aRefusingGreetingIsTheAnswerToPassAndTheEnd(String greeting) {
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server(greeting))).containsExactly("< " + greeting, "Close");
    assertThat(login.state()).isEqualTo(LoginState.REFUSED);
  }

  @Test
  void recordedCommandsAreReplayedBeforeUserAndTheirFailuresIgnored() {
    on(client("OPTS UTF8 ON"), client("CLNT x"), client("HOST v"), client("NOOP"), client("NOOP"));
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 hi"))).containsExactly("> OPTS UTF8 ON");
    assertThat(on(server("501 what"))).containsExactly("> CLNT x");
    assertThat(on(server("500 what"))).containsExactly("> HOST v");
    assertThat(on(server("502 what"))).containsExactly("> NOOP");
    assertThat(on(server("200 ok"))).containsExactly("> USER bob");
  }

  @Test
  void anUnknownVirtualHostFailsTheLogin() {
    on(client("HOST v"));
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 hi"), server("504 no such host")))
        .containsExactly("> HOST v", "< 504 no such host", "CloseUpstream");
    assertThat(login.state()).isEqualTo(LoginState.AWAIT_USER);
  }

  @Test
  void aVirtualHostTakesThePlaceOfTheOneBefore() {
    on(client("HOST a"), client("CLNT x"), client("HOST b"));
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 hi"), server("200 x"), server("220 b")))
        .containsExactly("> CLNT x", "> HOST b", "> USER bob");
  }

  @Test
  void afterAnUnknownVirtualHostAnotherMayBeNamed() {
    on(client("HOST v"));
    given(LoginState.REPLAYING_LOGIN);
    on(server("220 hi"), server("504 no such host"));

    on(client("HOST w"), client("USER bob"), client("PASS x"), TUNNEL);

    assertThat(on(server("220 hi"), server("220 w"))).containsExactly("> HOST w", "> USER bob");
  }

  @Test
  void aUserThatIsPipelinedBehindPassTakesOverWhenThatWasAnswered() {
    given(LoginState.OPENING_UPSTREAM);

    assertThat(on(client("USER eve"), client("PASS x"), TUNNEL, server("220 hi")))
        .containsExactly("> USER bob");
    assertThat(on(server("331 p?"), server("230 in")))
        .containsExactly(
            "> PASS secret",
            "< 230 in",
            "CloseUpstream",
            "< 331 Please specify the password.",
            "open for eve with x");
  }

  @Test
  void tooManyRecordedCommandsEndTheSession() {
    for (int i = 0; i < 16; i++) {
      assertThat(on(client("CLNT " + i))).containsExactly("< 200 Noted.");
    }

    assertThat(on(client("CLNT x")))
        .containsExactly("< 421 culvert: more than 16 commands before the login.", "Close");
  }

  @Test
  void a336IsAWishForAPasswordToo() {
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 hi"), server("336 code?")).get(1)).isEqualTo("> PASS secret");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"230 in", "232 in", "332 account?"})
  void aServerThatWantsNoPasswordGetsNone(String reply) {
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 hi"), server(reply))).containsExactly("> USER bob", "< " + reply);
    assertThat(login.state()).isEqualTo(LoginState.LOGGED_IN);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"530 Non-anonymous sessions must use encryption.", "500 no", "450 later"})
  void aServerThatRefusesTheUserGetsNoPassword(String reply) {
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 hi"), server(reply)))
        .containsExactly("> USER bob", "< " + reply, "CloseUpstream");
    assertThat(login.state()).isEqualTo(LoginState.AWAIT_USER);
  }

  @ParameterizedTest(name = "when it answers {0}")
  @ValueSource(strings = {"USER", "PASS"})
  void a421IsRelayedAndTheEnd(String when) {
    given(LoginState.REPLAYING_LOGIN);
    on(server("220 hi"));
    if (when.equals("PASS")) {
      on(server("331 password?"));
    }

    assertThat(on(server("421 Please reconnect using TLS")))
        .containsExactly("< 421 Please reconnect using TLS", "Close");
  }

  @Test
  void aRecordedAccountIsSentWhenTheServerWantsOne() {
    on(client("ACCT payroll"));
    given(LoginState.REPLAYING_LOGIN);

    assertThat(on(server("220 hi"), server("331 p?"), server("332 account?"), server("230 in")))
        .containsExactly("> USER bob", "> PASS secret", "> ACCT payroll", "< 230 in");
  }

  @Test
  void theServersWishForAnUnknownAccountIsRelayed() {
    given(LoginState.REPLAYING_LOGIN);
    on(server("220 hi"), server("331 p?"));

    assertThat(on(server("332 account?"))).containsExactly("< 332 account?");
    assertThat(on(client("ACCT x"))).containsExactly("forward ACCT x");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"refused by FTP", "refused by SSH", "logged in", "another USER"})
  void oneUsersAccountIsNotSentWithAnothersLogin(String before) {
    switch (before) {
      case "another USER" -> on(client("USER bob"), client("ACCT payroll"));
      case "refused by SSH" -> {
        on(client("ACCT payroll"));
        given(LoginState.OPENING_UPSTREAM);
        on(new LoginEvent.Refused("no"));
      }
      default -> {
        on(client("ACCT payroll"));
        given(LoginState.REPLAYING_LOGIN);
        on(server("220 hi"), server(before.equals("logged in") ? "230 in" : "530 no"));
      }
    }

    on(client("USER eve"), client("PASS x"), TUNNEL);

    assertThat(on(server("220 hi"), server("331 p?"), server("332 account?")))
        .containsExactly("> USER eve", "> PASS x", "< 332 account?");
  }

  @Test
  void anAccountIsWipedWhenAnotherTakesItsPlace() {
    Command first = Command.of("ACCT payroll");
    login.on(new LoginEvent.Sent(first));

    login.on(client("ACCT other"));

    assertThat(first.bytes()).asString(ISO_8859_1).doesNotContain("payroll");
  }

  @Test
  void a530OfTheServerLeavesTheSessionUsable() {
    given(LoginState.REPLAYING_LOGIN);
    on(server("220 hi"), server("331 p?"));

    assertThat(on(server("530 Login incorrect.")))
        .containsExactly("< 530 Login incorrect.", "CloseUpstream");
    assertThat(on(client("USER bob"), client("PASS better")))
        .containsExactly("< 331 Please specify the password.", "open for bob with better");
  }

  @Test
  void a530InPlaintextKeepsTheServersConnection() {
    given(LoginState.OPENING_UPSTREAM);
    on(PLAIN, server("220 hi"), server("331 p?"));

    assertThat(on(server("530 Login incorrect."))).containsExactly("< 530 Login incorrect.");
    assertThat(on(client("USER eve"))).containsExactly("forward USER eve");
  }

  @Test
  void a530OfTheSshServerLeavesTheSessionUsable() {
    given(LoginState.OPENING_UPSTREAM);

    assertThat(on(new LoginEvent.Refused("culvert: SSH login as bob at h refused")))
        .containsExactly("< 530 culvert: SSH login as bob at h refused");
    assertThat(login.state()).isEqualTo(LoginState.AWAIT_USER);
    assertThat(on(client("FEAT"))).containsExactly("< 530 Please login with USER and PASS.");
  }

  @Test
  void anUpstreamThatCannotBeMadeIsA421WithoutLineBreaks() {
    given(LoginState.OPENING_UPSTREAM);

    assertThat(on(new LoginEvent.UpstreamFailed("culvert: evil\r\n230 in")))
        .containsExactly("< 421 culvert: evil??230 in", "Close");
    assertThat(on(client("NOOP"))).isEmpty();
  }

  @Test
  void anUntrustedUpstreamIsA530ToAPasswordAndTheEnd() {
    given(LoginState.OPENING_UPSTREAM);

    assertThat(on(new LoginEvent.Untrusted("culvert: host key\r\n230 in")))
        .containsExactly("< 530 culvert: host key??230 in", "Close");
    assertThat(on(client("USER other"))).isEmpty();
  }

  @Test
  void anUntrustedUpstreamIsA421ToANameAlone() {
    login = new Captured(new LoginCapture(LoginDepth.USER));
    on(client("USER bob"));

    assertThat(on(new LoginEvent.Untrusted("culvert: host key")))
        .containsExactly("< 421 culvert: host key", "Close");
  }

  @Test
  void whatIsPipelinedBehindPassWaitsAndIsReleasedInOrder() {
    given(LoginState.OPENING_UPSTREAM);

    assertThat(on(client("FEAT"), client("PWD"), TUNNEL, server("220 hi"), client("PASV")))
        .containsExactly("> USER bob");
    assertThat(on(server("331 p?"), server("230 in")))
        .containsExactly(
            "> PASS secret", "< 230 in", "forward FEAT", "forward PWD", "forward PASV");
  }

  @Test
  void whatIsPipelinedBehindARefusedLoginIsAnsweredHere() {
    given(LoginState.OPENING_UPSTREAM);
    on(client("FEAT"), client("USER eve"), client("PASS x"), client("PWD"));

    assertThat(on(new LoginEvent.Refused("no")))
        .containsExactly(
            "< 530 no",
            "< 530 Please login with USER and PASS.",
            "< 331 Please specify the password.",
            "open for eve with x");
    assertThat(on(TUNNEL, server("220 hi"), server("331 p?"), server("230 in")))
        .containsExactly("> USER eve", "> PASS x", "< 230 in", "forward PWD");
  }

  @Test
  void withTheDepthUserTheNameIsEnough() {
    login = new Captured(new LoginCapture(LoginDepth.USER));

    assertThat(on(client("USER bob"))).containsExactly("open for bob");
    assertThat(on(client("PASS x"), TUNNEL, server("220 hi"))).containsExactly("> USER bob");
    assertThat(on(server("331 password?"))).containsExactly("< 331 password?", "forward PASS x");
    assertThat(login.state()).isEqualTo(LoginState.LOGGED_IN);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"230 in", "232 in", "332 account?"})
  void withTheDepthUserAServerThatWantsNoPasswordHasTheWord(String reply) {
    login = new Captured(new LoginCapture(LoginDepth.USER));
    on(client("USER bob"), TUNNEL);

    assertThat(on(server("220 hi"), server(reply))).containsExactly("> USER bob", "< " + reply);
    assertThat(on(client("PASS x"))).containsExactly("forward PASS x");
  }

  @Test
  void withTheDepthUserARefusedUserLeavesTheSessionUsable() {
    login = new Captured(new LoginCapture(LoginDepth.USER));
    on(client("USER bob"), TUNNEL);

    assertThat(on(server("220 hi"), server("530 must use encryption")))
        .containsExactly("> USER bob", "< 530 must use encryption", "CloseUpstream");
    assertThat(on(client("PASS x"))).containsExactly("< 503 Login with USER first.");
    assertThat(on(client("USER eve"))).containsExactly("open for eve");
  }

  @ParameterizedTest(name = "USER <{0}>")
  @ValueSource(strings = {"", " ", "-x", "a b", "b@c", "host|user", "dom\\user", "\u00e9\u00ff"})
  void aUserNameReachesTheServerByteForByte(String user) {
    on(client("USER " + user), client("PASS x"), TUNNEL);

    assertThat(on(server("220 hi"))).containsExactly("> USER " + user);
  }

  @Test
  void anotherUserAfterTheLoginNeedsAnotherTunnel() {
    given(LoginState.LOGGED_IN);

    assertThat(on(client("USER bob"))).containsExactly("forward USER bob");
    assertThat(on(client("USER eve")))
        .containsExactly("CloseUpstream", "< 331 Please specify the password.");
    assertThat(login.state()).isEqualTo(LoginState.AWAIT_PASS);
  }

  @ParameterizedTest(name = "USER <{0}>")
  @ValueSource(strings = {"alice", "anonymous", ""})
  void afterAFallbackThatWasAVerdictOnOneLoginTheNextUserStartsOver(String user) {
    on(client("USER anonymous"), client("PASS me@"), VERDICT, server("220 hi"), server("230 in"));
    assertThat(on(client("PWD"))).containsExactly("forward PWD");

    assertThat(on(client("USER " + user), client("PASS secret")))
        .containsExactly(
            "CloseUpstream",
            "< 331 Please specify the password.",
            "open for " + user + " with secret");
    assertThat(on(TUNNEL, server("220 hi"))).containsExactly("> USER " + user);
  }

  @Test
  void afterSuchAFallbackNothingOfASecondLoginReachesTheServerOfTheFirst() {
    on(client("USER bob"), client("PASS typo"), client("PASS again"));
    on(client("USER bob"), client("PASS secret"), VERDICT, server("220 hi"));

    assertThat(on(server("331 p?"))).containsExactly("> PASS typo");
    assertThat(on(server("530 no")))
        .containsExactly(
            "< 530 no",
            "CloseUpstream",
            "< 503 Login with USER first.",
            "< 331 Please specify the password.",
            "open for bob with secret");
  }

  @Test
  void reinAfterSuchAFallbackIsAnsweredHereAndWaitsForAUser() {
    on(client("OPTS UTF8"), client("USER anonymous"), client("PASS me@"), VERDICT);
    on(server("220 hi"), server("200 ok"), server("230 in"));

    assertThat(on(client("REIN")))
        .containsExactly("CloseUpstream", "< 220 Culvert FTP proxy ready.");
    assertThat(on(client("PWD"))).containsExactly("< 530 Please login with USER and PASS.");
    assertThat(on(client("PASS x"))).containsExactly("< 503 Login with USER first.");
    assertThat(on(client("USER alice"), client("PASS x"), TUNNEL, server("220 hi")))
        .containsExactly(
            "< 331 Please specify the password.", "open for alice with x", "> USER alice");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"USER alice", "USER bob", "REIN"})
  void plaintextThatIsNoVerdictOnTheLoginHoldsForTheConnection(String command) {
    given(LoginState.OPENING_UPSTREAM);
    on(PLAIN, server("220 hi"), server("331 p?"), server("230 in"));

    assertThat(on(client(command))).containsExactly("forward " + command);
  }

  @Test
  void reinInATunnelIsTheServersToAnswer() {
    given(LoginState.LOGGED_IN);

    assertThat(on(client("REIN"), client("USER bob")))
        .containsExactly("forward REIN", "forward USER bob");
  }

  @Test
  void reinBeforeTheLoginForgetsTheUser() {
    given(LoginState.AWAIT_PASS);

    assertThat(on(client("REIN"), client("PASS x")))
        .containsExactly("< 220 Culvert FTP proxy ready.", "< 503 Login with USER first.");
  }

  @Test
  void aSecondFallbackIsAVerdictOnTheSecondLogin() {
    on(client("USER anonymous"), client("PASS me@"), VERDICT, server("220 hi"), server("230 in"));
    on(client("USER ftp"), client("PASS me@"), VERDICT, server("220 hi"), server("230 in"));
    assertThat(login.state()).isEqualTo(LoginState.LOGGED_IN);

    assertThat(on(client("USER ftp"))).first().isEqualTo("CloseUpstream");
  }

  @ParameterizedTest(name = "given {0}")
  @CsvSource({"AWAIT_USER", "AWAIT_PASS", "LOGGED_IN", "REFUSED"})
  void eventsOfAnUpstreamThatNobodyWaitsForChangeNothing(LoginState state) {
    given(state);

    assertThat(
            on(
                TUNNEL,
                server("230 in"),
                new LoginEvent.Refused("x"),
                new LoginEvent.Untrusted("x"),
                new LoginEvent.UpstreamFailed("x")))
        .isEmpty();
    assertThat(login.state()).isEqualTo(state);
  }

  @ParameterizedTest(name = "after {0}")
  @ValueSource(strings = {"230 in", "530 no", "421 gone"})
  void thePasswordIsWipedWhenTheServerHasAnswered(String reply) {
    capture.on(client("USER bob"));
    LoginEffect open = capture.on(client("PASS secret")).get(0);
    Password password = ((LoginEffect.OpenUpstream) open).password().orElseThrow();

    on(TUNNEL, server("220 hi"), server("331 p?"), server(reply));

    assertThatThrownBy(password::copy).hasMessageContaining("wiped");
  }

  @Test
  void thePasswordIsWipedOnClose() {
    capture.on(client("USER bob"));
    LoginEffect open = capture.on(client("PASS secret")).get(0);
    Password password = ((LoginEffect.OpenUpstream) open).password().orElseThrow();

    capture.close();

    assertThatThrownBy(password::copy).hasMessageContaining("wiped");
  }

  @Test
  void noEffectPrintsThePassword() {
    List<LoginEffect> effects = new ArrayList<>();
    for (LoginEvent event :
        List.of(
            client("USER bob"), client("PASS canary"), TUNNEL, server("220 x"), server("331 x"))) {
      assertThat(event.toString()).doesNotContain("canary");
      effects.addAll(capture.on(event));
    }

    assertThat(effects.toString()).doesNotContain("canary");
  }
}
