package culvert.it.facts;

import static culvert.it.script.Stage.USER;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.FakeClient;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Way;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said before the login, where Culvert plays the server. */
@AnyTransport
class BeforeLoginIT {
  private static final String PLEASE_LOG_IN = "530 Please login with USER and PASS.";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  @Fact({FactRow.GREETING_AT_ONCE, FactRow.SILENT_BEFORE_USER})
  void aClientThatWaitsForItsServerHearsOneLineAtOnce() throws Exception {
    stage.open(Way.TUNNEL);

    FakeClient client = stage.connect().hearReply("220 ").hearNothing();

    assertThat(stage.ssh().channelTargets()).isEmpty();
    stage.authenticate(client);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"FEAT", "SYST", "PWD", "PASV", "LIST", "LANG en", "SITE X", "OPTS MLST"})
  @Fact({FactRow.PLEASE_LOG_IN, FactRow.INETUTILS_SYST})
  void everythingElseIsAskedToLogInFirst(String command) throws Exception {
    stage.open(Way.TUNNEL);

    FakeClient client = stage.connect().hearReply("220 ").send(command).hear(PLEASE_LOG_IN);

    stage.authenticate(client).server().expectNothing();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "OPTS UTF8 ON,200",
    "OPTS UTF-8,200",
    "opts utf8 on,200",
    "CLNT NcFTP 3.2,200",
    "NOOP,200",
    "HOST files.example,220"
  })
  @Fact({FactRow.ANSWERED_LOCALLY, FactRow.WINDOWS_OPTS})
  void whatIsAnsweredHereIsReplayedBeforeUser(String command, String code) throws Exception {
    stage.open(Way.TUNNEL);

    FakeClient client =
        stage
            .connect()
            .hearReply("220 ")
            .ask(command, code + " ")
            .ask("USER amy", "331 ")
            .send("PASS secret");

    ServerControl server =
        stage.ftp().accept().reply("220 fake").expect(command.replaceFirst("^opts", "OPTS"));
    server.reply(code + " fine").expect("USER amy").reply("331 password?");
    server.expect("PASS secret").reply("230 in");
    client.hear("230 in");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"AUTH TLS", "AUTH SSL", "ADAT x", "PBSZ 0", "PROT P"})
  @Fact(FactRow.TLS_REFUSED)
  void tlsIsRefusedSoThatClientsGoOnInClear(String command) throws Exception {
    stage.open(Way.TUNNEL);

    FakeClient client = stage.connect().hearReply("220 ").ask(command, "502 ");

    Stage.Session session = stage.authenticate(client);
    session.client().ask(command, "502 ");
    session.server().expectNothing();
  }

  @Test
  @Fact(FactRow.USER_STARTS_OVER)
  void aSecondUserStartsOver() throws Exception {
    stage.open(Way.TUNNEL);

    FakeClient client = stage.connect().hearReply("220 ").ask("USER bob", "331 ");

    stage.authenticate(client);
    assertThat(stage.ssh().attempts()).singleElement().matches(a -> a.user().equals(USER));
  }

  @Test
  @Fact(FactRow.PASS_WITHOUT_USER)
  void aPasswordWithoutAUserIsOutOfSequence() throws Exception {
    stage.open(Way.TUNNEL);

    FakeClient client = stage.connect().hearReply("220 ").ask("PASS secret", "503 ");

    stage.authenticate(client);
  }

  @Test
  @Fact({FactRow.ACCT_RECORDED, FactRow.ACCOUNT_WANTED})
  void anAccountIsKeptForTheServerThatWantsOne() throws Exception {
    stage.open(Way.TUNNEL);

    FakeClient client =
        stage.connect().hearReply("220 ").ask("USER amy", "331 ").ask("ACCT  payroll", "202 ");
    client.send("PASS secret");

    ServerControl server = stage.ftp().accept().reply("220 fake");
    server.expect("USER amy").reply("331 password?");
    server.expect("PASS secret").reply("332 account?");
    server.expect("ACCT  payroll").reply("230 in");
    client.hear("230 in");
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(
      strings = {
        "",
        " ",
        " two  spaces ",
        "-",
        "-secret",
        "user@host",
        "host|user",
        "gr\u00fc\u00dfe",
        "a\u00ff\u0080"
      })
  @Fact(FactRow.ARGUMENTS_UNTOUCHED)
  void aPasswordReachesTheServerByteForByte(String password) throws Exception {
    stage.open(Way.OWN_LOGIN);
    FakeClient client = stage.connect();
    ServerControl server = stage.ftp().accept().reply("220 fake");
    client.hear("220 fake").send("USER " + password, "PASS " + password);

    server.expect("USER " + password).reply("331 password?");
    server.expect("PASS " + password).reply("230 in");

    client.hear("331 password?", "230 in");
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"two  words ", "user@host", "host|user", "-amy"})
  @Fact(FactRow.ARGUMENTS_UNTOUCHED)
  void aNameReachesBothServersByteForByte(String name) throws Exception {
    stage.open(Way.TUNNEL);

    stage.connect().hearReply("220 ").ask("USER " + name, "331 ").ask("PASS " + name, "530 ");

    assertThat(stage.ssh().attempts()).singleElement().matches(a -> a.user().equals(name));
  }

  @Test
  @Fact({FactRow.PIPELINED_BEHIND_PASS, FactRow.LFTP_PIPELINES})
  void whatIsSentBehindThePasswordWaitsForItsAnswer() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient client = stage.connect().hearReply("220 ").ask("USER amy", "331 ");

    client.send("PASS secret", "FEAT", "PWD");

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("USER amy");
    server.reply("331 password?").expect("PASS secret").expectNothing().reply("230 in");
    client.hear("230 in");
    server
        .expect("FEAT")
        .reply("211-Features", " SIZE", "211 End")
        .expect("PWD")
        .reply("257 \"/\"");
    client.hear("211-Features", " SIZE", "211 End", "257 \"/\"");
  }

  @Test
  @Fact(FactRow.PIPELINED_BEHIND_PASS)
  void afterARefusedPasswordWhatIsSentBehindItIsAnsweredHere() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient client = stage.connect().hearReply("220 ").ask("USER amy", "331 ");

    client.send("PASS secret", "FEAT", "PWD");

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("USER amy");
    server.reply("331 password?").expect("PASS secret").reply("530 no");
    client.hear("530 no", PLEASE_LOG_IN, PLEASE_LOG_IN);
    assertThat(server.ended()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.TLS_FIRST)
  void aTlsHandshakeIsBrokenOffAndReachesNobody(Way way) throws Exception {
    stage.open(way);
    FakeClient client = stage.connect();

    client.segment("\u0016\u0003\u0001\u0000\u00c8\u0001\u0000\u0000\u00c4\u0003\u0003");

    assertThat(client.wasReset()).isTrue();
    nobodyHeardAnything(way);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.HTTP_FIRST)
  void anHttpRequestIsBrokenOffAndReachesNobody(Way way) throws Exception {
    stage.open(way);
    FakeClient client = stage.connect();

    client.segment("POST /x HTTP/1.1\r\nHost: x\r\n\r\nUSER amy\r\nPASS secret\r\n");

    assertThat(client.wasReset()).isTrue();
    nobodyHeardAnything(way);
  }

  private void nobodyHeardAnything(Way way) throws Exception {
    if (way == Way.TUNNEL) {
      assertThat(stage.ftp().isUntouched()).isTrue();
      assertThat(stage.ssh().attempts()).isEmpty();
    } else {
      assertThat(stage.ftp().accept().rest()).isEmpty();
    }
  }
}
