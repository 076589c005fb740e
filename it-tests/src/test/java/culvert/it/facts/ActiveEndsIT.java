package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.script.DataPort;
import culvert.it.script.Listeners;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Converted transfers that do not go as they should, or in another order. */
class ActiveEndsIT {
  @RegisterExtension final Stage stage = new Stage();
  @RegisterExtension final Listeners listeners = new Listeners();

  /** What a PORT has led to. */
  private record Ports(DataPort client, DataPort server) {}

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.CONVERTED)
  void aServerThatAcceptsBeforeItAnswersIsConnectedInTime(Way way) throws Exception {
    Session session = stage.open(way).logIn();
    Ports ports = port(session);

    session.client().send("RETR file");
    session.server().expect("RETR file");
    Wire sending = ports.server.accept();
    Wire data = ports.client.accept();
    session.server().reply("150 here it comes");
    session.client().hear("150 here it comes");

    finish(session, sending, data);
  }

  @Test
  @Fact({FactRow.CONVERTED, FactRow.LFTP_PIPELINES})
  void aPipelinedPortIsServedInOrder() throws Exception {
    Session session = stage.open(Way.TUNNEL).logIn();
    DataPort client = listeners.open();
    DataPort server = stage.ftp().listen();

    session.client().send("PORT " + client.sixNumbers(), "TYPE I", "RETR file");
    session.server().expect("EPSV").reply("229 fake (|||" + server.number() + "|)");
    session.server().expect("TYPE I").expect("RETR file").reply("200 binary", "150 it comes");

    session.client().hearReply("200 ").hear("200 binary", "150 it comes");
    finish(session, server.accept(), client.accept());
  }

  @Test
  @Fact(FactRow.CONVERTED)
  void theLastPortCounts() throws Exception {
    Session session = stage.open(Way.TUNNEL).logIn();
    Ports first = port(session);
    Ports second = port(session);

    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");

    finish(session, second.server.accept(), second.client.accept());
    assertThat(first.client.isUntouched()).isTrue();
    assertThat(first.server.isUntouched()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact({FactRow.CONVERTED, FactRow.BROKEN_UPLOAD})
  void anUploadThatTheClientBreaksOffIsAbortedFirst(Way way) throws Exception {
    Session session = stage.open(way).logIn();
    Ports ports = port(session);
    session.client().send("STOR file");
    session.server().expect("STOR file").reply("150 send it");
    session.client().hear("150 send it");
    Wire receiving = ports.server.accept();
    Wire sending = ports.client.accept();
    sending.write("half a fi");
    assertThat(receiving.read(9)).isEqualTo("half a fi");

    long begun = System.nanoTime();
    sending.reset();

    session.server().expect("ABOR");
    assertThat(receiving.waitsForAbort(begun)).isTrue();
    session.server().reply("426 aborted", "226 ABOR ok");
    assertThat(receiving.ends()).isTrue();
    session.client().hear("426 aborted");
    goesOn(session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact({FactRow.CONVERTED, FactRow.BROKEN_UPLOAD})
  void anUploadFromAPortThatIsClosedIsNoEmptyFile(Way way) throws Exception {
    Session session = stage.open(way).logIn();
    Ports ports = port(session);
    ports.client.close();

    session.client().ask("STOR file", "425 ");

    session.server().expectNothing();
    goesOn(session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact({FactRow.CONVERTED, FactRow.DATA_RESET_AFTER_ABOR})
  void anAbortCutsAConvertedTransferToo(Way way) throws Exception {
    Session session = stage.open(way).logIn();
    Ports ports = port(session);
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");
    Wire sending = ports.server.accept();
    Wire data = ports.client.accept();
    sending.write("the first bytes");
    assertThat(data.read(15)).isEqualTo("the first bytes");

    session.client().send("ABOR");

    assertThat(data.wasReset()).isTrue();
    assertThat(sending.ends()).isTrue();
    session.server().expect("ABOR").reply("426 aborted", "226 ABOR ok");
    session.client().hear("426 aborted", "226 ABOR ok");
    goesOn(session);
  }

  @Test
  @Fact(FactRow.CONVERTED)
  void aDownloadThatTheServerBreaksOffIsNoWholeFile() throws Exception {
    Session session = stage.open(Way.DIRECT).logIn();
    Ports ports = port(session);
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");
    Wire sending = ports.server.accept();
    Wire data = ports.client.accept();
    sending.write("half a fi");
    assertThat(data.read(9)).isEqualTo("half a fi");

    sending.reset();

    assertThat(data.wasReset()).isTrue();
    session.server().reply("426 broken");
    session.client().hear("426 broken");
  }

  private Ports port(Session session) throws Exception {
    Ports ports = new Ports(listeners.open(), stage.ftp().listen());
    session.client().send("PORT " + ports.client.sixNumbers());
    session.server().expect("EPSV").reply("229 fake (|||" + ports.server.number() + "|)");
    session.client().hearReply("200 ");
    return ports;
  }

  private static void finish(Session session, Wire sending, Wire data) throws Exception {
    sending.write("the file");
    sending.close();
    assertThat(data.rest()).isEqualTo("the file");
    data.close();
    session.server().reply("226 done");
    session.client().hear("226 done");
  }

  private void goesOn(Session session) throws Exception {
    DataPort port = stage.epsv(session);
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }
}
