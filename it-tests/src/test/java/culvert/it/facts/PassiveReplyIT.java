package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How servers word the announcement of a data port, and what is none. */
@AnyTransport
class PassiveReplyIT {
  private static final int NOT_ALLOWED = 2;

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "227 Entering Passive Mode (@)",
        "227 Entering Passive Mode (@).",
        "227 Entering Passive Mode @",
        "227 Entering Passive Mode. @.",
        "227 =@",
        "227 @",
        "227 Passiv auf 1 von 3: (@) \u00fcbernommen",
        "227 0,1,2 are no address, but (@)",
        "227 (300,1,1,1,1,1) (@)"
      })
  @Fact(FactRow.SPELLINGS_OF_227)
  void every227IsReadAndToldInTheWordingThatAllClientsRead(String spelling) throws Exception {
    Session session = logIn();
    DataPort port = stage.ftp().listen();

    session.client().send("PASV");
    session.server().expect("PASV").reply(spelling.replace("@", port.sixNumbers()));

    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")");
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @Test
  @Fact(FactRow.SPELLINGS_OF_227)
  void a227WithSpacesAndZeroesIsReadToo() throws Exception {
    Session session = logIn();
    DataPort port = stage.ftp().listen();
    String numbers = "127, 000, 000, 001, " + port.number() / 256 + ", " + port.number() % 256;

    session.client().send("PASV");
    session.server().expect("PASV").reply("227 Entering Passive Mode (" + numbers + ")");

    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")");
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "229 Entering Extended Passive Mode (|||@|)",
        "229 Entering Extended Passive Mode (|||@|).",
        "229 Extended Passive Mode OK (!!!@!)",
        "229 (###@#)",
        "229 ok |||@|",
        "229 (|1|127.0.0.1|@|)"
      })
  @Fact(FactRow.SPELLINGS_OF_229)
  void every229IsReadAndToldInTheWordingThatAllClientsRead(String spelling) throws Exception {
    Session session = logIn();
    DataPort port = stage.ftp().listen();

    session.client().send("EPSV");
    session.server().expect("EPSV").reply(spelling.replace("@", "" + port.number()));

    session.client().hear("229 Entering Extended Passive Mode (|||" + port.number() + "|)");
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @Test
  @Fact(FactRow.PASV_ANSWERED_229)
  void a229InAnswerToPasvIsTheClients227() throws Exception {
    Session session = logIn();
    DataPort port = stage.ftp().listen();

    session.client().send("PASV");
    session.server().expect("PASV").reply("229 fake (|||" + port.number() + "|)");

    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")");
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"0,0", "0,21", "3,255"})
  @Fact(FactRow.PORT_REFUSED)
  void a227WithAPortThatIsNoneIsRefused(String numbers) throws Exception {
    Session session = logIn();

    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (127,0,0,1," + numbers + ")");

    session.client().hearReply("425 culvert: the FTP server announced port ");
    goesOn(session);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"0", "22", "1023"})
  @Fact(FactRow.PORT_REFUSED)
  void a229WithAPortThatIsNoneIsRefused(String port) throws Exception {
    Session session = logIn();

    session.client().send("EPSV");
    session.server().expect("EPSV").reply("229 fake (|||" + port + "|)");

    session.client().hearReply("425 culvert: the FTP server announced port " + port);
    goesOn(session);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "227 come in",
        "227 (127,0,0,1,200)",
        "227 (127,0,0,1,256,1)",
        "229 (|||)",
        "229 (|||70000|)",
        "200 (127,0,0,1,200,1)"
      })
  @Fact(FactRow.UNREADABLE_REFUSED)
  void whatCannotBeReadReachesNoClient(String reply) throws Exception {
    Session session = logIn();

    session.client().send("PASV");
    session.server().expect("PASV").reply(reply);

    session.client().hearReply("425 culvert: the FTP server's answer to PASV cannot be read");
    goesOn(session);
  }

  @Test
  @Fact(FactRow.UNREADABLE_REFUSED)
  void theServersRefusalIsTheClients() throws Exception {
    Session session = logIn();

    session.client().send("PASV");
    session.server().expect("PASV").reply("500 what?");

    session.client().hear("500 what?");
    goesOn(session);
  }

  @Test
  @Fact(FactRow.FINAL_LINE)
  void onlyTheLastOfManyLinesCounts() throws Exception {
    Session session = logIn();
    DataPort decoy = stage.ftp().listen();
    DataPort port = stage.ftp().listen();
    String first = "227-not yet (" + decoy.sixNumbers() + ")";
    String second = "  227 still not (" + decoy.sixNumbers() + ")";

    session.client().send("PASV");
    ServerControl server = session.server().expect("PASV").reply(first, second);
    server.reply("227 now (" + port.sixNumbers() + ")");

    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")");
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @Test
  @Fact(FactRow.UNSOLICITED_227)
  void a227ThatNobodyAskedForOpensNothing() throws Exception {
    Session session = logIn();
    DataPort decoy = stage.ftp().listen();
    String reply = "227 Entering Passive Mode (" + decoy.sixNumbers() + ")";

    session.server().reply(reply);

    assertThat(stage.code(LOCALHOST, LOCALHOST, decoy.number())).isEqualTo(NOT_ALLOWED);
    goesOn(session);
  }

  @Test
  @Fact(FactRow.UNSOLICITED_227)
  void a227InsideAFileListingOpensNothing() throws Exception {
    Session session = logIn();
    DataPort decoy = stage.ftp().listen();
    String embedded = "227 Entering Passive Mode (" + decoy.sixNumbers() + ")";

    session.client().send("STAT .");
    session.server().expect("STAT .").reply("213-files", embedded, "213 end");

    session.client().hear("213-files", "213 end");
    assertThat(stage.code(LOCALHOST, LOCALHOST, decoy.number())).isEqualTo(NOT_ALLOWED);
    goesOn(session);
  }

  @Test
  @Fact(FactRow.REPLIES_IN_ORDER)
  void a227ThatAnswersAnEarlierCommandOpensNothing() throws Exception {
    Session session = logIn();
    DataPort decoy = stage.ftp().listen();
    String echo = "200 227 Entering Passive Mode (" + decoy.sixNumbers() + ")";

    session.client().send("SITE echo", "PWD");
    session.server().expect("SITE echo").expect("PWD").reply(echo, "257 \"/\"");

    session.client().hear(echo, "257 \"/\"");
    assertThat(stage.code(LOCALHOST, LOCALHOST, decoy.number())).isEqualTo(NOT_ALLOWED);
  }

  @Test
  @Fact(FactRow.REPLIES_IN_ORDER)
  void thePasvBehindATransferHasTheReplyBehindItsTwo() throws Exception {
    Session session = logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    DataPort next = stage.ftp().listen();

    session.client().send("RETR file", "PASV", "NOOP");
    ServerControl server = session.server().expect("RETR file").expect("PASV").expect("NOOP");
    server.reply("150 here it comes");
    port.accept().close();
    server.reply("226 done", "227 fake (" + next.sixNumbers() + ")", "200 ok");

    assertThat(data.rest()).isEmpty();
    session.client().hear("150 here it comes", "226 done");
    session.client().hear("227 Entering Passive Mode (" + next.sixNumbers() + ")", "200 ok");
    stage.download(session, stage.data(LOCALHOST, next.number()), next);
  }

  @Test
  @Fact(FactRow.EPSV_ALL_ENDS_PASV)
  void afterEpsvAllTheServersRefusalOfPasvIsTheClients() throws Exception {
    Session session = logIn();
    session.client().send("EPSV ALL", "PASV");

    session.server().expect("EPSV ALL").reply("200 ok").expect("PASV").reply("550 after EPSV ALL?");

    session.client().hear("200 ok", "550 after EPSV ALL?");
    DataPort port = stage.epsv(session);
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"227 Ent", "227 Entering Passive Mode (@", "227 Entering (@)", "227-\r\n"})
  @Fact(FactRow.HALF_A_REPLY)
  void aReplyThatBreaksOffOpensNothing(String half) throws Exception {
    Session session = logIn();
    DataPort port = stage.ftp().listen();

    session.client().send("PASV");
    session.server().expect("PASV").say(half.replace("@", port.sixNumbers())).reset();

    assertThat(session.client().rest()).doesNotContain("227 Ent");
    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
  }

  @Test
  @Fact(FactRow.HALF_A_REPLY)
  void a421InsteadOfAPortPassesAndEndsTheSession() throws Exception {
    Session session = logIn();

    session.client().send("PASV");
    session.server().expect("PASV").reply("421 going down").close();

    session.client().hear("421 going down");
    assertThat(session.client().ended()).isTrue();
  }

  private Session logIn() throws Exception {
    return stage.open(Way.TUNNEL, config -> config.top("default-action", "block")).logIn();
  }

  private void goesOn(Session session) throws Exception {
    DataPort port = stage.epsv(session);
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }
}
