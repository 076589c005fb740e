package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.FreePorts;
import culvert.it.script.Dialect;
import culvert.it.script.FakeClient;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The SSH server is on Culvert's own host: its users do not come to Culvert's listeners. */
class OwnListenersIT {
  @RegisterExtension final Stage stage = new Stage();
  private int admin;

  @BeforeEach
  void open() throws IOException {
    admin = FreePorts.next();
    stage.open(
        Way.TUNNEL, config -> config.top("admin", "127.0.0.1:" + admin).match("host: localhost"));
  }

  @Test
  void dataLeadToNoneOfThem() throws Exception {
    Session session = stage.logIn(stage.connect(Dialect.CURL_5H, "localhost"));
    for (int port : new int[] {admin, stage.proxy().getPort()}) {
      session.client().send("EPSV");
      session.server().expect("EPSV").reply("229 fake (|||" + port + "|)");
      session.client().hear("229 Entering Extended Passive Mode (|||" + port + "|)");

      assertThat(stage.code(Stage.LOCALHOST, "localhost", port)).isNotZero();
    }
    assertThat(stage.dataChannels()).isEmpty();
  }

  @Test
  void norDoesAControlConnection() throws Exception {
    for (int port : new int[] {admin, stage.proxy().getPort()}) {
      new FakeClient(stage.data("localhost", port))
          .hearReply("220 ")
          .ask("USER " + Stage.USER, "331 ")
          .ask(
              "PASS " + Stage.PASSWORD,
              "421 culvert: localhost:" + port + ": may be Culvert's own");
    }
    assertThat(stage.ssh().channelTargets()).isEmpty();
  }
}
