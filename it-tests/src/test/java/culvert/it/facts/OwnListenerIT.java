package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.script.DataPort;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code data-connections: listener}: the 227 names a port of Culvert's own. */
class OwnListenerIT {
  private static final String OTHER_CLIENT = "127.0.0.9";
  private static final String CONNECT_AND_READ =
      """
      import socket, sys
      s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
      try:
          print(s.recv(100))
      except ConnectionResetError:
          print("reset")
      """;

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.OWN_LISTENER)
  void dataComesThroughThePortOfTheReply(Way way) throws Exception {
    Session session = open(way);
    DataPort port = stage.ftp().listen();

    Wire data = new Wire(connect(LOCALHOST, announced(session, port)));

    stage.download(session, data, port);
  }

  @Test
  @Fact({FactRow.OWN_LISTENER, FactRow.PORT_STEALING})
  void aForeignClientIsResetAndTakesNothingAway() throws Exception {
    Session session = open(Way.TUNNEL);
    DataPort port = stage.ftp().listen();
    int listening = announced(session, port);

    assertThat(new Wire(connect(OTHER_CLIENT, listening)).wasReset()).isTrue();

    assertThat(port.isUntouched()).isTrue();
    stage.download(session, new Wire(connect(LOCALHOST, listening)), port);
  }

  @Test
  @Fact({FactRow.OWN_LISTENER, FactRow.PORT_REUSE, FactRow.LATE_CONNECT})
  void whoComesSecondOrLateFindsNoListener() throws Exception {
    Session session = open(Way.TUNNEL);
    DataPort port = stage.ftp().listen();
    int listening = announced(session, port);
    Wire data = new Wire(connect(LOCALHOST, listening));
    Wire sending = port.accept();
    sending.write("x");
    assertThat(data.read(1)).isEqualTo("x"); // it stands

    await().until(() -> refuses(listening));
    sending.close();
    assertThat(data.rest()).isEmpty();
    assertThatThrownBy(() -> connect(LOCALHOST, listening)).isInstanceOf(ConnectException.class);
  }

  @Test
  @RealPeers
  @Fact({FactRow.OWN_LISTENER, FactRow.OTHER_LOCAL_USER})
  void theProcessOfAnotherUserIsResetAndTakesNothingAway() throws Exception {
    Session session = open(Way.TUNNEL);
    DataPort port = stage.ftp().listen();
    int listening = announced(session, port);

    Run<String> thief = OtherUser.python(CONNECT_AND_READ, listening);

    assertThat(thief).isEqualTo(new Run<>(0, "reset\n", ""));
    assertThat(port.isUntouched()).isTrue();
    stage.download(session, new Wire(connect(LOCALHOST, listening)), port);
  }

  private Session open(Way way) throws Exception {
    return stage.open(way, config -> config.rule("ftp", "{ data-connections: listener }")).logIn();
  }

  /** The port that the client is told. */
  private int announced(Session session, DataPort port) throws IOException {
    session.client().send("EPSV");
    session.server().expect("EPSV").reply("229 fake (|||" + port.number() + "|)");
    String told = session.client().line();
    assertThat(told).startsWith("229 ").doesNotContain("|" + port.number() + "|");
    return Integer.parseInt(told.replaceAll(".*\\|(\\d+)\\|.*", "$1"));
  }

  private static boolean refuses(int port) throws IOException {
    try (Socket taken = connect(LOCALHOST, port)) {
      return !taken.isConnected();
    } catch (ConnectException refused) {
      return true;
    }
  }

  private static Socket connect(String from, int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0);
  }
}
