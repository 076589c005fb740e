package culvert.it.facts;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.FakeClient;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Way;
import culvert.proxy.ftp.FtpTimeouts;
import culvert.testing.EmbeddedSshServer.Attempt;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the login that was captured is told to the server, whatever the server says. */
@AnyTransport
class LoginReplayIT {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  @Fact({FactRow.REAL_GREETING_FIRST, FactRow.PASSWORD_WANTED})
  void aGreetingOfFiveLinesIsReadToItsEnd() throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server =
        stage.ftp().accept().reply("220---------- Welcome", "220-You are user 1");
    server.reply("220-220 is no end", "  220 neither").expectNothing().reply("220 at last");
    server.expect("USER amy").reply("331 password?").expect("PASS secret").reply("230 in");

    client.hear("230 in");
  }

  @Test
  @Fact(FactRow.REAL_GREETING_FIRST)
  void aGreetingInPiecesIsWaitedFor() throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().say("22").expectNothing().say("0 fake\r");
    server.expectNothing().say("\n").expect("USER amy").say("331 pass").expectNothing();
    server.say("word?\r\n").expect("PASS secret").reply("230 in");

    client.hear("230 in");
  }

  @Test
  @Fact(FactRow.GREETING_120)
  void aServerThatIsNotReadyYetIsWaitedFor() throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().reply("120 in a minute").expectNothing();
    server.logIn("amy", "secret");

    client.hear("230 in");
  }

  @Test
  @Fact(FactRow.SLOW_GREETING)
  void aGreetingThatKeepsUsWaitingIsWaitedFor() throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().expectNothing();
    client.hearNothing();
    server.logIn("amy", "secret");

    client.hear("230 in");
    assertThat(FtpTimeouts.DEFAULT.serverReply()).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
  }

  @Test
  @Fact(FactRow.SLOW_GREETING)
  void aServerThatHangsUpInsteadOfGreetingIsA421() throws Exception {
    FakeClient client = sendsPassword();

    stage.ftp().accept().close();

    client.hearReply("421 culvert: ");
    assertThat(client.ended()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"421 too many users", "530 not you", "500 not now"})
  @Fact(FactRow.GREETING_REFUSES)
  void aRefusingGreetingIsTheAnswerToPass(String greeting) throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().reply(greeting);

    client.hear(greeting);
    assertThat(client.ended()).isTrue();
    assertThat(server.rest()).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "OPTS UTF8 ON,500 what?",
    "OPTS UTF8 ON,530 log in first",
    "CLNT lftp,500 what?",
    "CLNT lftp,550 no",
    "NOOP,530 log in first",
    "HOST a.example,500 what?",
    "HOST a.example,502 no"
  })
  @Fact(FactRow.COURTESIES_FAIL)
  void aServerThatDoesNotKnowARecordedCommandIsNotHeldUp(String command, String reply)
      throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient client = stage.connect().hearReply("220 ").ask(command, "2");
    client.ask("USER amy", "331 ").send("PASS secret");

    ServerControl server = stage.ftp().accept().reply("220 fake").expect(command).reply(reply);
    server.expect("USER amy").reply("331 password?").expect("PASS secret").reply("230 in");

    client.hear("230 in");
  }

  @Test
  @Fact(FactRow.HOST_504)
  void anUnknownVirtualHostFailsTheLogin() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient client = stage.connect().hearReply("220 ").ask("HOST a.example", "220 ");
    client.ask("USER amy", "331 ").send("PASS secret");

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("HOST a.example");
    server.reply("504 unknown host");

    client.hear("504 unknown host");
    assertThat(server.rest()).isEmpty();
  }

  @Test
  @Fact(FactRow.PASSWORD_WANTED)
  void a336IsAWishForAPasswordToo() throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("USER amy");
    server.reply("336 password, with a challenge").expect("PASS secret").reply("230 in");

    client.hear("230 in");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"230 in already", "232 in by certificate"})
  @Fact(FactRow.PASSWORD_NOT_WANTED)
  void aServerThatWantsNoPasswordGetsNone(String reply) throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("USER amy").reply(reply);

    client.hear(reply).send("PWD");
    server.expect("PWD").reply("257 \"/\"");
    client.hear("257 \"/\"");
  }

  @Test
  @Fact(FactRow.ACCOUNT_WANTED)
  void aWishForAnAccountThatNobodyGaveIsRelayed() throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("USER amy");
    server.reply("331 password?").expect("PASS secret").reply("332 account?");

    client.hear("332 account?").send("ACCT payroll");
    server.expect("ACCT payroll").reply("230 in");
    client.hear("230 in");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "530 Non-anonymous sessions must use encryption.",
        "421 Please reconnect using TLS",
        "450 not now"
      })
  @Fact(FactRow.USER_REFUSED)
  void aServerThatRefusesTheUserGetsNoPassword(String reply) throws Exception {
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("USER amy").reply(reply);

    client.hear(reply);
    assertThat(server.rest()).isEmpty();
  }

  @Test
  @Fact(FactRow.FINAL_REPLY_VERBATIM)
  void theLastReplyReachesTheClientWithAllItsLines() throws Exception {
    String[] lines = {
      "230-Hello  amy", "  230 in the text", "", "230-\ttabs, gr\u00fc\u00dfe \u00ff", "230 in"
    };
    FakeClient client = sendsPassword();

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("USER amy");
    server.reply("331 password?").expect("PASS secret").reply(lines);

    client.hear(lines);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "UTF-8,d\u00c3\u00b6rte,gr\u00c3\u00bc\u00c3\u009fe",
    "ISO-8859-1,d\u00f6rte,gr\u00fc\u00dfe"
  })
  @Fact(FactRow.CHARSETS)
  void sshIsToldTheCharactersAndFtpTheBytes(String charset, String user, String password)
      throws Exception {
    stage.open(Way.TUNNEL, config -> config.profile("charset", charset));
    FakeClient client = stage.connect().hearReply("220 ").ask("USER " + user, "331 ");

    client.send("PASS " + password);

    stage.ftp().accept().logIn(user, password);
    client.hear("230 in");
    assertThat(stage.ssh().attempts()).containsExactly(new Attempt("d\u00f6rte", "password", true));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"anonymous", "ftp", "Anonymous"})
  @Fact(FactRow.ANONYMOUS)
  void anAnonymousUsersEMailAddressIsNoPasswordForSsh(String user) throws Exception {
    stage.open(Way.TUNNEL, config -> config.rule("fallback", "plain"));
    FakeClient client = stage.connect().hearReply("220 ").ask("USER " + user, "331 ");

    client.send("PASS me@example.com");

    stage.ftp().accept().logIn(user, "me@example.com");
    client.hear("230 in");
    assertThat(stage.ssh().attempts()).isEmpty();
  }

  private FakeClient sendsPassword() throws Exception {
    stage.open(Way.TUNNEL);
    return stage.connect().hearReply("220 ").ask("USER amy", "331 ").send("PASS secret");
  }
}
