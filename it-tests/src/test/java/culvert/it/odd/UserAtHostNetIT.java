package culvert.it.odd;

import static culvert.it.script.Stage.LOCALHOST;
import static culvert.it.script.Stage.PASSWORD;
import static culvert.it.script.Stage.USER;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.FakeClient;
import culvert.it.script.FakeServer;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that names its server in {@code USER name@host:port} has two hosts: the one that it
 * asked the proxy for, and the one that it named. Its data belong to the latter under either name.
 */
@AnyTransport
class UserAtHostNetIT {
  private static final String PROXY = "ftpproxy.invalid"; // resolves nowhere
  private static final String OTHER = OtherHost.address(11);
  private static final int NOT_ALLOWED = 2;

  @RegisterExtension final Stage stage = new Stage();

  private Session logIn() throws Exception {
    stage.open(Way.TUNNEL, config -> config.rule("user-at-host", true));
    FakeClient client = stage.connect(Dialect.CURL_5H, PROXY).hearReply("220 ");
    return logIn(client, LOCALHOST, stage.ftp());
  }

  private Session logIn(FakeClient client, String host, FakeServer ftp) throws Exception {
    client.ask("USER " + USER + "@" + host + ":" + stage.ftp().port(), "331 ");
    client.send("PASS " + PASSWORD);
    ServerControl server = ftp.accept().logIn(USER, PASSWORD);
    client.hear("230 in");
    return new Session(client, server);
  }

  private static void waitForData(Session session) throws Exception {
    session.client().send("EPSV");
    session.server().expect("EPSV").reply("200 you know where");
    session.client().hearReply("425 culvert: ");
  }

  @ParameterizedTest(name = "asked as {0}")
  @ValueSource(strings = {PROXY, LOCALHOST, "FTPProxy.Invalid."})
  void whatIsAnnouncedGoesThroughTheTunnel(String host) throws Exception {
    Session session = logIn();
    for (int transfer = 0; transfer < 2; transfer++) {
      DataPort port = stage.epsv(session);
      stage.download(session, stage.data(host, port.number()), port);
      assertThat(stage.dataChannels()).last().isEqualTo(LOCALHOST + ":" + port.number());
    }
  }

  @ParameterizedTest(name = "asked as {0}")
  @ValueSource(strings = {PROXY, LOCALHOST, "FTPProxy.Invalid."})
  void whatIsNotAnnouncedDoesToo(String host) throws Exception {
    Session session = logIn();
    waitForData(session);
    DataPort port = stage.ftp().listen();

    stage.download(session, stage.data(host, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  @Test
  void otherHostsAndEndedTransfersAreForTheRules() throws Exception {
    Session session = logIn();
    waitForData(session);
    try (DataPort other = new DataPort(OTHER)) {
      assertThat(stage.code(LOCALHOST, OTHER, other.number())).isZero();
    }
    session.client().send("LIST");
    session.server().expect("LIST").reply("425 nobody came");
    session.client().hear("425 nobody came");
    DataPort web = stage.ftp().listen();

    assertThat(stage.code(LOCALHOST, LOCALHOST, web.number())).isZero();
    assertThat(stage.dataChannels()).isEmpty();
  }

  @Test
  void anotherLoginTakesItsDataToAnotherHost() throws Exception {
    Session first = logIn();
    DataPort port = stage.epsv(first);
    stage.download(first, stage.data(PROXY, port.number()), port);
    try (FakeServer ftp = new FakeServer(OTHER, stage.ftp().port())) {
      Session second = logIn(first.client(), OTHER, ftp);
      assertThat(first.server().ended()).isTrue();
      waitForData(second);
      DataPort others = ftp.listen();

      stage.download(second, stage.data(PROXY, others.number()), others);

      assertThat(stage.dataChannels()).last().isEqualTo(OTHER + ":" + others.number());
    }
  }

  /** What the first login left waiting is nobody's to take in plaintext. */
  @Test
  void aLoginThatIsLeftWaitingStillRefuses() throws Exception {
    Session first = logIn();
    waitForData(first);
    DataPort left = stage.ftp().listen();
    try (FakeServer ftp = new FakeServer(OTHER, stage.ftp().port())) {
      logIn(first.client(), OTHER, ftp);

      assertThat(stage.code(LOCALHOST, LOCALHOST, left.number())).isEqualTo(NOT_ALLOWED);
      assertThat(left.isUntouched()).isTrue();
    }
  }
}
