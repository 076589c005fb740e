package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.script.DataPort;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When data connections come, and who may have them. */
class DataConnectionIT {
  private static final int NOT_ALLOWED = 2;
  private static final int REFUSED = 5;
  private static final String OTHER_CLIENT = "127.0.0.9";

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.BEFORE_WITH_OR_AFTER)
  void curlConnectsBeforeTheTransferCommand(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire sending = port.accept();

    transfer(session, data, sending);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.BEFORE_WITH_OR_AFTER)
  void fileZillaConnectsWithTheTransferCommand(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.pasv(session);
    session.client().send("RETR file");
    Wire data = stage.data(LOCALHOST, port.number());
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");

    send(session, data, port.accept());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.BEFORE_WITH_OR_AFTER)
  void winScpConnectsAfterTheTransferCommandsReply(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.pasv(session);
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");
    Wire data = stage.data(LOCALHOST, port.number());

    send(session, data, port.accept());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.ANSWERED_WHEN_CONFIRMED)
  void aPortOnWhichTheServerDoesNotListenIsATrueSocksFailure(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort closed = stage.epsv(session);
    closed.close();

    assertThat(stage.code(LOCALHOST, LOCALHOST, closed.number())).isEqualTo(REFUSED);

    DataPort port = stage.pasv(session);
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @Test
  @Fact(FactRow.ANSWERED_WHEN_CONFIRMED)
  void aDataChannelThatTheSshServerForbidsIsATrueSocksFailure() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);

    stage.ssh().forwarding(false);

    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(port.isUntouched()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.ONE_CHANNEL)
  void nobodyConnectsToTheServerBeforeTheClientDoes(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);

    assertThat(port.isUntouched()).isTrue();
    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(port.isUntouched()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.EARLY_DATA)
  void dataThatTheServerSendsAtOnceIsNotLost(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    try (Wire sending = port.accept()) {
      sending.write("before it was asked for");
    }

    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes", "226 done");

    session.client().hear("150 here it comes", "226 done");
    assertThat(data.rest()).isEqualTo("before it was asked for");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.EARLY_DATA)
  void dataThatTheClientSendsAtOnceIsNotLost(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    data.write("before it was asked for");
    data.halfClose();

    session.client().send("STOR file");
    session.server().expect("STOR file").reply("150 send it");

    Wire receiving = port.accept();
    assertThat(receiving.rest()).isEqualTo("before it was asked for");
    receiving.close();
    session.server().reply("226 done");
    session.client().hear("150 send it", "226 done");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.REPLY_OVERTAKES_DATA)
  void theFinalReplyMayOvertakeTheData(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire sending = port.accept();
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes", "226 done");
    session.client().hear("150 here it comes", "226 done").send("NOOP");
    session.server().expect("NOOP").reply("200 ok");
    session.client().hear("200 ok");

    sending.write("late, but whole");
    sending.close();

    assertThat(data.rest()).isEqualTo("late, but whole");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.SILENT_TRANSFERS)
  void aSilentTransferIsWaitedForLongerThanAnyTimeoutOfIdleThings(Way way) throws Exception {
    stage.open(
        way,
        config -> config.profile("idle-timeout", "1s").top("limits", "{ handshake-timeout: 1s }"));
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire sending = port.accept();
    session.client().send("RETR job");
    session.server().expect("RETR job").reply("125 waiting for the job");
    session.client().hear("125 waiting for the job");

    for (int i = 0; i < 10; i++) {
      session.client().hearNothing();
      assertThat(data.isSilent()).isTrue();
    }

    send(session, data, sending);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.FOREIGN_227)
  void anAddressOfAnotherHostInThe227DoesNotLeadThere(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    try (DataPort bystander = new DataPort("127.0.0.8")) {
      DataPort port = stage.ftp().listen();
      session.client().send("PASV");
      session.server().expect("PASV").reply("227 fake (" + port.sixNumbers("127.0.0.8") + ")");
      session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")");
      stage.download(session, stage.data(LOCALHOST, port.number()), port);

      assertThat(bystander.isUntouched()).isTrue();
    }
  }

  @Test
  @Fact(FactRow.PORT_STEALING)
  void aSecondClientIsRefusedAndTakesNothingAway() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.pasv(session);

    assertThat(stage.code(OTHER_CLIENT, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(stage.code(OTHER_CLIENT, "localhost", port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(port.isUntouched()).isTrue();

    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @Test
  @Fact(FactRow.PORT_REUSE)
  void aSecondConnectionIsRefusedWhileTheFirstLives() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());

    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(stage.code(LOCALHOST, "localhost", port.number())).isEqualTo(NOT_ALLOWED);

    stage.download(session, data, port);
    assertThat(stage.dataChannels()).hasSize(1);
  }

  @Test
  @Fact(FactRow.PORT_REUSE)
  void aPortThatTheServerAnnouncesAgainIsGoodForOneMore() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    session.client().send("EPSV");
    session.server().expect("EPSV").reply("229 fake (|||" + port.number() + "|)");
    session.client().hearReply("229 ");

    stage.download(session, stage.data(LOCALHOST, port.number()), port);
    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
  }

  @Test
  @Fact(FactRow.LATE_CONNECT)
  void whoComesAfterTheTransferIsRefused() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);

    assertThat(port.isUntouched()).isTrue();
  }

  @Test
  @Fact(FactRow.LATE_CONNECT)
  void whoComesWhenTheServerHasGoneIsRefusedWhileTheClientIsThere() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);

    session.server().reset();
    assertThat(session.client().ended()).isTrue();

    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(port.isUntouched()).isTrue();
  }

  private static void transfer(Session session, Wire data, Wire sending) throws Exception {
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");
    send(session, data, sending);
  }

  private static void send(Session session, Wire data, Wire sending) throws Exception {
    sending.write("the file");
    sending.close();
    assertThat(data.rest()).isEqualTo("the file");
    ServerControl server = session.server().reply("226 done");
    session.client().hear("226 done");
    server.expectNothing();
  }
}
