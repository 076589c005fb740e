package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.script.DataPort;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Another user of this very host, who has the client's address. */
@RealPeers
class LocalUsersIT {
  private static final String CONNECT_THROUGH_SOCKS =
      """
      import socket, sys
      proxy, port = int(sys.argv[1]), int(sys.argv[2])
      s = socket.create_connection(("127.0.0.1", proxy), 20)
      s.sendall(b"\\5\\1\\0")
      assert s.recv(2) == b"\\5\\0"
      s.sendall(b"\\5\\1\\0\\1\\x7f\\0\\0\\1" + port.to_bytes(2, "big"))
      print(s.recv(10)[1])
      """;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  @Fact(FactRow.OTHER_LOCAL_USER)
  void theProcessOfAnotherUserDoesNotGetTheData() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);

    Run<String> thief =
        OtherUser.python(CONNECT_THROUGH_SOCKS, stage.proxy().getPort(), port.number());

    assertThat(thief).isEqualTo(new Run<>(0, "2\n", ""));
    assertThat(port.isUntouched()).isTrue();
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }
}
