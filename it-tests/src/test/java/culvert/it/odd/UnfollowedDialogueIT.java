package culvert.it.odd;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.TestConfig;
import culvert.it.script.DataPort;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server answers one command as none should, and its client goes on with its job: that stays in
 * the tunnel, whatever is done with connections that no rule names.
 */
@AnyTransport
class UnfollowedDialogueIT {
  /** What the rules make of a connection that is not recognised as data. */
  enum Rules {
    DIRECT,
    BLOCK,
    /** It would be taken for a control connection. */
    TUNNEL_EVERY_PORT;

    TestConfig in(TestConfig config) {
      return switch (this) {
        case DIRECT -> config;
        case BLOCK -> config.top("default-action", "block");
        case TUNNEL_EVERY_PORT -> config.match("host: '*'");
      };
    }
  }

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}, SITE answered {1}")
  @CsvSource({
    "DIRECT, 150 ok",
    "DIRECT, 700 what",
    "DIRECT, 099 what",
    "DIRECT, 421 busy",
    "DIRECT, 120 soon",
    "DIRECT, 999 what",
    "DIRECT, 421-busy|421 goes on",
    "DIRECT, 200-ok|550 no",
    "BLOCK, 150 ok",
    "BLOCK, 421 busy",
    "BLOCK, 099 what",
    "BLOCK, 150-ok|150 ok",
    "TUNNEL_EVERY_PORT, 150 ok",
    "TUNNEL_EVERY_PORT, 700 what",
    "TUNNEL_EVERY_PORT, 421 busy",
    "TUNNEL_EVERY_PORT, 250-ok|257 ok"
  })
  void theJobGoesOnInTheTunnel(Rules rules, String reply) throws Exception {
    stage.open(Way.TUNNEL, rules::in);
    Session session = stage.logIn();
    String[] lines = reply.split("[|]", -1);
    session.client().send("SITE X");
    session.server().expect("SITE X").reply(lines);
    lines[lines.length - 1] = lines[0].substring(0, 3) + lines[lines.length - 1].substring(3);
    session.client().hear(lines); // of two codes, the first one is its reply's
    session.client().send("PASV");
    DataPort port = stage.ftp().listen();
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers() + ")");
    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")");

    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  /** The same for a client that finds the server's port by itself. */
  @ParameterizedTest(name = "{0}, PASV answered {1}")
  @CsvSource({
    "DIRECT, 150 look there",
    "DIRECT, 700 look there",
    "BLOCK, 200 look there",
    "BLOCK, 331 look there",
    "TUNNEL_EVERY_PORT, 099 look there",
    "TUNNEL_EVERY_PORT, 227 look there"
  })
  void itsDataNeedNoAnnouncement(Rules rules, String reply) throws Exception {
    stage.open(Way.TUNNEL, rules::in);
    Session session = stage.logIn();
    session.client().send("PASV");
    session.server().expect("PASV").reply(reply);
    session.client().hearReply("425 culvert: ");
    DataPort port = stage.ftp().listen();

    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  /** What is answered before an upload is no word on it. */
  @ParameterizedTest(name = "SITE answered {0}")
  @ValueSource(strings = {"700 what", "099 what", "421 busy", "150 ok", "226 ok"})
  void anUploadThatBreaksOffBehindItIsNotReportedAsDone(String reply) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    session.client().send("SITE X");
    session.server().expect("SITE X").reply(reply);
    session.client().hear(reply);
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire arriving = port.accept();
    session.client().send("STOR file");
    session.server().expect("STOR file").reply("150 send it");
    session.client().hear("150 send it");
    data.write("a fragment");
    assertThat(arriving.read(10)).isEqualTo("a fragment");

    data.reset();

    session.server().expect("ABOR").reply("226 stored", "226 nothing to abort");
    session.client().hearReply("426 culvert: ");
    arriving.close();
  }
}
