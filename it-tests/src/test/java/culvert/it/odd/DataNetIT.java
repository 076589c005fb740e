package culvert.it.odd;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What nobody has announced to Culvert: a client that finds its way to the server's port by itself,
 * while everything that no rule names goes directly.
 */
@AnyTransport
class DataNetIT {
  private static final int NOT_ALLOWED = 2;
  private static final String OTHER_CLIENT = "127.0.0.9";

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"socks", "listener"})
  void whatTheClientUnderstandsAloneGoesThroughTheTunnel(String dataConnections) throws Exception {
    Session session = waiting(dataConnections);
    DataPort port = stage.ftp().listen();

    Wire data = stage.data(LOCALHOST, port.number());

    stage.download(session, data, port);
    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  @Test
  void aReplyThatEndsNoCommandHereBringsNothingOutOfTheTunnel() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    session.client().send("SITE X");
    session.server().expect("SITE X").reply("150 ok");
    session.client().hear("150 ok").send("PASV");
    DataPort port = stage.ftp().listen();
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers() + ")");
    session.client().hearReply("227 ");

    Wire data = stage.data(LOCALHOST, port.number());

    port.accept().close();
    data.rest();
    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  @Test
  void byAnotherNameOfTheServerItIsRefusedToThatClientAlone() throws Exception {
    waiting("socks");
    DataPort port = stage.ftp().listen();

    assertThat(stage.code(LOCALHOST, "localhost", port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(port.isUntouched()).isTrue();
    assertThat(stage.code(OTHER_CLIENT, "localhost", port.number())).as("direct").isZero();
    assertThat(stage.dataChannels()).isEmpty();
  }

  @Test
  void whenTheTransferIsOverTheRulesDecideAgain() throws Exception {
    Session session = waiting("socks");
    session.client().send("LIST");
    session.server().expect("LIST").reply("425 nobody came");
    session.client().hear("425 nobody came");
    DataPort http = stage.ftp().listen();

    assertThat(stage.code(LOCALHOST, LOCALHOST, http.number())).isZero();
    assertThat(stage.code(LOCALHOST, "localhost", http.number())).isZero();
    assertThat(stage.dataChannels()).isEmpty();
  }

  @ParameterizedTest(name = "during {0}")
  @ValueSource(strings = {"RETR file", "STOR file"})
  void whenTheControlConnectionHasEndedItIsRefused(String transfer) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    session.client().send(transfer);
    session.server().expect(transfer).reply("150 ready");
    session.client().hear("150 ready").reset();
    if (transfer.startsWith("STOR")) {
      session.server().expect("ABOR").reply("426 broken", "226 aborted");
    }
    assertThat(session.server().ended()).isTrue();

    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(stage.code(LOCALHOST, "localhost", port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(port.isUntouched()).isTrue();
    assertThat(stage.dataChannels()).isEmpty();
  }

  /** A client that has asked for a port, and may have one, whatever it was told. */
  private Session waiting(String dataConnections) throws Exception {
    stage.open(
        Way.TUNNEL, config -> config.rule("ftp", "{ data-connections: " + dataConnections + " }"));
    Session session = stage.logIn();
    session.client().send("EPSV");
    session.server().expect("EPSV").reply("200 you know where");
    session.client().hearReply("425 culvert: the FTP server's answer to EPSV cannot be read");
    return session;
  }
}
