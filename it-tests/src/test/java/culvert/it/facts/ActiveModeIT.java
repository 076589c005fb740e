package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.FakeClient;
import culvert.it.script.Listeners;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Active mode towards the client, passive mode towards the server: {@code active-mode: passive}.
 */
@AnyTransport
class ActiveModeIT {
  private static final String ILLEGAL = "500 Illegal PORT command.";

  @RegisterExtension final Stage stage = new Stage();
  @RegisterExtension final Listeners listeners = new Listeners();

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact({FactRow.CONVERTED, FactRow.ACTIVE_PORT, FactRow.ACTIVE_BY_DEFAULT})
  void aDownloadComesToThePortThatTheClientNames(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort client = listeners.open();

    session.client().send("PORT " + client.sixNumbers());
    DataPort server = epsvAsked(session);
    session.client().hearReply("200 ");

    downloads(session, server, client);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.CONVERTED)
  void anUploadIsFetchedFromThePortThatTheClientNames(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort client = listeners.open();
    session.client().send("PORT " + client.sixNumbers());
    DataPort server = epsvAsked(session);
    session.client().hearReply("200 ").send("STOR file");

    session.server().expect("STOR file").reply("150 send it");
    session.client().hear("150 send it");
    Wire receiving = server.accept();
    try (Wire sending = client.accept()) {
      sending.write("the file");
    }

    assertThat(receiving.rest()).isEqualTo("the file");
    receiving.close();
    session.server().reply("226 done");
    session.client().hear("226 done");
  }

  @Test
  @Fact(FactRow.CONVERTED)
  void beforeTheTransferCommandNobodyConnects() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort client = listeners.open();

    session.client().send("PORT " + client.sixNumbers());
    DataPort server = epsvAsked(session);
    session.client().hearReply("200 ");

    assertThat(server.isUntouched()).isTrue();
    assertThat(client.isUntouched()).isTrue();
    downloads(session, server, client);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"|", "!", "#", "~", ",", "/"})
  @Fact({FactRow.EPRT_DELIMITERS, FactRow.ACTIVE_EPRT_FIRST})
  void everyDelimiterOfEprtIsRead(String delimiter) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort client = listeners.open();

    session
        .client()
        .send("EPRT |1|127.0.0.1|@|".replace("|", delimiter).replace("@", "" + client.number()));
    DataPort server = epsvAsked(session);
    session.client().hearReply("200 ");

    downloads(session, server, client);
  }

  @Test
  @Fact({FactRow.EPRT_DELIMITERS, FactRow.ACTIVE_EPRT_FIRST})
  void anIpv6ClientsEprtIsReadToo() throws Exception {
    stage.open(Way.TUNNEL, config -> config.listener("socks: \"[::1]:0\""));
    Session session = stage.logIn(stage.connect(Dialect.CURL_5H, "::1", LOCALHOST));
    DataPort client = listeners.open("::1");

    session.client().send("EPRT |2|::1|" + client.number() + "|");
    DataPort server = epsvAsked(session);
    session.client().hearReply("200 ");

    downloads(session, server, client);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"EPRT |0|127.0.0.1|5000|", "EPRT |3|127.0.0.1|5000|", "EPRT |9|x|5000|"})
  @Fact({FactRow.EPRT_FAMILIES, FactRow.ACTIVE_EPRT_FIRST})
  void anUnknownFamilyIs522SoThatTheClientTriesPort(String eprt) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();

    session.client().ask(eprt, "522 ");

    session.server().expectNothing();
    worksWithPort(session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.CONVERTED_TO_PASV)
  void aServerWithoutEpsvIsAskedForPasv(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort client = listeners.open();
    DataPort server = stage.ftp().listen();

    session.client().send("PORT " + client.sixNumbers());
    session.server().expect("EPSV").reply("500 what?").expect("PASV");
    session.server().reply("227 fake (" + server.sixNumbers("10.9.8.7") + ")");
    session.client().hearReply("200 ");

    downloads(session, server, client);
  }

  @Test
  @Fact(FactRow.CONVERTED_AFTER_EPSV_ALL)
  void afterEpsvAllNoPasvIsTried() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    session.client().send("EPSV ALL");
    session.server().expect("EPSV ALL").reply("200 ok");
    session.client().hear("200 ok").send("PORT " + listeners.open().sixNumbers());

    session.server().expect("EPSV").reply("500 what?").expectNothing();

    assertThat(session.client().line()).matches("[45]\\d\\d .*");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PORT 10,9,8,7,200,1",
        "PORT 127,0,0,9,200,1",
        "PORT 127,0,0,1,0,20",
        "PORT 127,0,0,1,3,255",
        "PORT 127,0,0,1,0,0",
        "PORT 0,0,0,0,200,1",
        "EPRT |1|10.9.8.7|51201|",
        "EPRT |2|2001:db8::1|51201|",
        "EPRT |1|127.0.0.1|22|",
        "EPRT |1|127.0.0.1|0|"
      })
  @Fact({FactRow.OWN_ADDRESS_ONLY, FactRow.BOUNCE})
  void whatIsNotTheClientsOwnIsIllegal(String command) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();

    String verb = command.substring(0, 4);
    session.client().send(command).hear("500 Illegal " + verb + " command.");

    session.server().expectNothing();
    worksWithPort(session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact({FactRow.BOUNCE, FactRow.OWN_ADDRESS_ONLY})
  void nobodyIsSentToAThirdHost(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort bystander = listeners.open("127.0.0.8");

    session.client().send("PORT " + bystander.sixNumbers(), "RETR file").hear(ILLEGAL);

    session.server().expect("RETR file").reply("425 no data connection");
    session.client().hear("425 no data connection");
    assertThat(bystander.isUntouched()).isTrue();
  }

  @Test
  @Fact(FactRow.FXP)
  void thePassivePortOfOneServerIsNoPortOfAnother() throws Exception {
    stage.open(Way.TUNNEL);
    Session one = stage.logIn();
    Session other = stage.logIn(stage.connect(Dialect.CURL_5H, "127.0.0.9", LOCALHOST));
    DataPort passive = stage.pasv(one);

    other.client().send("PORT " + passive.sixNumbers(), "STOR file").hear(ILLEGAL);

    other.server().expect("STOR file").reply("425 no data connection");
    assertThat(passive.isUntouched()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PORT",
        "PORT 127,0,0,1,200",
        "PORT 127,0,0,1,256,1",
        "PORT x",
        "EPRT",
        "EPRT |1|127.0.0.1|99999|",
        "EPRT |1|127.0.0.1",
        "LPRT 4,4,127,0,0,1,2,200,1"
      })
  @Fact(FactRow.OWN_ADDRESS_ONLY)
  void whatIsNoPortAtAllIsRefused(String command) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();

    session.client().ask(command, "5");

    session.server().expectNothing();
    worksWithPort(session);
  }

  @Test
  @Fact(FactRow.CONVERTED)
  void aServerThatRefusesTheTransferLeavesTheSessionUsable() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    session.client().send("PORT " + listeners.open().sixNumbers());
    epsvAsked(session);
    session.client().hearReply("200 ").send("RETR file");

    session.server().expect("RETR file").reply("550 no such file");

    session.client().hear("550 no such file");
    worksWithPort(session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.CONVERTED)
  void afterPortAPassivePortCountsAndTheOtherWayRound(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort client = listeners.open();
    session.client().send("PORT " + client.sixNumbers());
    epsvAsked(session);
    session.client().hearReply("200 ");

    DataPort passive = stage.epsv(session);
    stage.download(session, stage.data(LOCALHOST, passive.number()), passive);

    assertThat(client.isUntouched()).isTrue();
    worksWithPort(session);
  }

  private void worksWithPort(Session session) throws Exception {
    DataPort client = listeners.open();
    session.client().send("PORT " + client.sixNumbers());
    DataPort server = epsvAsked(session);
    session.client().hearReply("200 ");
    downloads(session, server, client);
  }

  /** The server is asked for a passive port by Culvert. */
  private DataPort epsvAsked(Session session) throws Exception {
    DataPort port = stage.ftp().listen();
    session.server().expect("EPSV").reply("229 fake (|||" + port.number() + "|)");
    return port;
  }

  private static void downloads(Session session, DataPort server, DataPort client)
      throws Exception {
    FakeClient asking = session.client().send("RETR file");
    ServerControl serving = session.server().expect("RETR file").reply("150 here it comes");
    try (Wire sending = server.accept()) {
      sending.write("the file");
    }
    Wire data = client.accept();
    serving.reply("226 done");
    asking.hear("150 here it comes", "226 done");
    assertThat(data.rest()).isEqualTo("the file");
    data.close();
  }
}
