package culvert.it.odd;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.FakeClient;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code passive-address: announced}, for FTP servers behind a load balancer: data lead where the
 * 227 says, as the SSH server reaches it, and the client knows nothing of that.
 */
@AnyTransport
class AnnouncedAddressIT {
  private static final String NODE = OtherHost.address(9);
  private static final String OTHER_NODE = OtherHost.address(10);
  private static final int NOT_ALLOWED = 2;

  @RegisterExtension final Stage stage = new Stage();

  private Session logIn(Way way, String host) throws Exception {
    stage.open(way, config -> config.rule("ftp", "{ passive-address: announced }"));
    return stage.logIn(stage.connect(Dialect.CURL_5H, host));
  }

  /** The server announces a port of that node's; the client is told the balancer's address. */
  private static void pasv(Session session, DataPort port) throws Exception {
    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers() + ")");
    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers(LOCALHOST) + ")");
  }

  private static String target(DataPort port, String address) {
    return address + ":" + port.number();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  void dataLeadToTheNodeThatTheServerNames(Way way) throws Exception {
    Session session = logIn(way, LOCALHOST);
    try (DataPort port = new DataPort(NODE)) {
      pasv(session, port);

      stage.download(session, stage.data(LOCALHOST, port.number()), port);

      List<String> inTheTunnel = way == Way.DIRECT ? List.of() : List.of(target(port, NODE));
      assertThat(stage.dataChannels()).isEqualTo(inTheTunnel);
    }
  }

  @Test
  void eachTransferMayBeAnotherNodes() throws Exception {
    Session session = logIn(Way.TUNNEL, "localhost");
    try (DataPort first = new DataPort(NODE);
        DataPort second = new DataPort(OTHER_NODE)) {
      pasv(session, first);
      stage.download(session, stage.data("localhost", first.number()), first);
      pasv(session, second);
      stage.download(session, stage.data(LOCALHOST, second.number()), second);
      DataPort own = stage.ftp().listen();
      pasv(session, own);
      stage.download(session, stage.data("localhost", own.number()), own);

      assertThat(stage.dataChannels())
          .containsExactly(target(first, NODE), target(second, OTHER_NODE), target(own, LOCALHOST));
    }
  }

  /** EPSV has no address: the node is that of the control connection. */
  @Test
  void epsvLeadsToTheControlConnectionsHost() throws Exception {
    Session session = logIn(Way.TUNNEL, LOCALHOST);
    DataPort port = stage.epsv(session);

    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(target(port, LOCALHOST));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  void anUploadReachesTheNode(Way way) throws Exception {
    Session session = logIn(way, LOCALHOST);
    try (DataPort port = new DataPort(NODE)) {
      pasv(session, port);
      Wire data = stage.data(LOCALHOST, port.number());
      Wire arriving = port.accept();
      session.client().send("STOR file");
      session.server().expect("STOR file").reply("150 send it");
      session.client().hear("150 send it");
      data.write("the file");
      data.halfClose();
      assertThat(arriving.rest()).isEqualTo("the file");
      arriving.close();
      assertThat(data.ended()).isTrue();
      session.server().reply("226 done");
      session.client().hear("226 done");
    }
  }

  /** Two sessions of one client, whose nodes have chosen the same number. */
  @Test
  void twoNodesMayAnnounceTheSamePort() throws Exception {
    Session session = logIn(Way.TUNNEL, LOCALHOST);
    Session another = stage.logIn();
    try (DataPort first = new DataPort(NODE);
        DataPort second = new DataPort(OTHER_NODE, first.number())) {
      pasv(session, first);
      another.client().send("PASV");
      another.server().expect("PASV").reply("227 fake (" + second.sixNumbers() + ")");
      String told = another.client().line();
      assertThat(told).startsWith("227 ").doesNotContain(first.sixNumbers(LOCALHOST));
      String[] numbers = told.replaceAll("[^0-9,]", "").split(",", -1);
      int other = Integer.parseInt(numbers[4]) * 256 + Integer.parseInt(numbers[5]);

      stage.download(another, stage.data(LOCALHOST, other), second);
      stage.download(session, stage.data(LOCALHOST, first.number()), first);
    }
  }

  /** The address in the 227 makes nothing anybody's data that goes there by itself. */
  @Test
  void whoAsksForTheNodeItselfIsForTheRules() throws Exception {
    stage.open(
        Way.TUNNEL,
        config ->
            config.rule("ftp", "{ passive-address: announced }").top("default-action", "block"));
    Session session = stage.logIn();
    try (DataPort port = new DataPort(NODE)) {
      pasv(session, port);

      assertThat(stage.code(LOCALHOST, NODE, port.number())).isEqualTo(NOT_ALLOWED);

      assertThat(port.isUntouched()).isTrue();
      stage.download(session, stage.data(LOCALHOST, port.number()), port);
    }
  }

  /** The net knows no node: what nobody has announced leads to the control connection's host. */
  @Test
  void whatNobodyAnnouncedGoesThroughTheTunnelToTheControlConnectionsHost() throws Exception {
    Session session = logIn(Way.TUNNEL, LOCALHOST);
    session.client().send("PASV");
    session.server().expect("PASV").reply("200 you know where");
    session.client().hearReply("425 culvert: ");
    DataPort port = stage.ftp().listen();

    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(target(port, LOCALHOST));
  }

  @Test
  void anotherClientGetsNothingOfANodesData() throws Exception {
    Session session = logIn(Way.TUNNEL, LOCALHOST);
    try (DataPort port = new DataPort(NODE)) {
      pasv(session, port);

      assertThat(stage.code("127.0.0.9", LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);

      stage.download(session, stage.data(LOCALHOST, port.number()), port);
    }
  }

  @Test
  void theNextLoginAtTheBalancerIsAsGood() throws Exception {
    Session session = logIn(Way.OWN_LOGIN, LOCALHOST);
    try (DataPort port = new DataPort(NODE)) {
      pasv(session, port);
      FakeClient client = session.client();
      client.send("QUIT");
      session.server().expect("QUIT").reply("221 bye").close();
      client.hear("221 bye");
      assertThat(client.ended()).isTrue();
      client.close();

      Session next = stage.logIn();
      pasv(next, port);
      stage.download(next, stage.data(LOCALHOST, port.number()), port);
    }
  }
}
