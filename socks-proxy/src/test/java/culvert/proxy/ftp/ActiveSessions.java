package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.SshUser;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Control connections of clients in active mode, and both ends of what they ask for. */
abstract class ActiveSessions {
  static final FtpHandling REMOTE_FORWARD =
      new FtpHandling(
          new FtpSettings(
              FtpSettings.ActiveMode.REMOTE_FORWARD,
              FtpSettings.DataConnections.SOCKS,
              FtpSettings.PassiveAddress.CONTROL_HOST,
              FtpSettings.AuthTls.REFUSE),
          false);

  @RegisterExtension final FtpFixture ftp = new FtpFixture();
  Peer client;
  Peer server;
  Peer called; // the client's end of a data connection

  @BeforeEach
  void start() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
  }

  void tunnelled() throws Exception {
    greeted(ftp.tunnel(Fallback.NONE));
  }

  void forwarding(String target) throws Exception {
    greeted(
        ftp.control(
            FtpFixture.HOST,
            new Route.FtpTunnel(
                "test", Optional.of(new Endpoint(target, 21)), Fallback.NONE, REMOTE_FORWARD)));
  }

  void greeted(Peer connected) throws Exception {
    client = connected;
    server = ftp.server();
    server.sendLine("220 hi");
    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 hi");
  }

  static String port(ServerSocket listener) {
    int port = listener.getLocalPort();
    return "PORT 127,0,0,1," + port / 256 + "," + port % 256;
  }

  /** The client names its listener, and Culvert asks the server to listen at another. */
  void convert(ServerSocket clients, ServerSocket servers) throws Exception {
    client.sendLine(port(clients));
    announce(servers);
    assertThat(client.line()).isEqualTo("200 PORT command successful.");
  }

  void announce(ServerSocket servers) throws Exception {
    assertThat(server.line()).isEqualTo("EPSV");
    server.sendLine("229 ok (|||" + servers.getLocalPort() + "|)");
  }

  /** The port of the remote forward that the server is told. */
  int renamed(ServerSocket clients) throws Exception {
    client.sendLine(port(clients));
    int forward = told(server.line());
    server.sendLine("200 as you say");
    assertThat(client.line()).isEqualTo("200 as you say");
    return forward;
  }

  /** The client begins a transfer; its end of the data connection, for which it is called. */
  Peer transfer(String command, ServerSocket clients) throws Exception {
    client.sendLine(command);
    assertThat(server.line()).isEqualTo(command);
    return ftp.accept(clients);
  }

  static int told(String command) {
    String[] numbers = command.split(",", -1);
    assertThat(numbers[0]).isEqualTo("PORT 127");
    return Integer.parseInt(numbers[4]) * 256 + Integer.parseInt(numbers[5]);
  }

  Peer connectTo(int forward) throws Exception {
    return new Peer(new Socket(InetAddress.getLoopbackAddress(), forward));
  }

  /** The port of a remote forward that is not on the SSH server's loopback alone. */
  int forwardBeyond(String target, ServerSocket clients) throws Exception {
    ftp.names.put("gate", List.of(InetAddress.getLoopbackAddress()));
    forwarding(target);
    int forward = renamed(clients);
    assertThat(ftp.ssh.forwards).hasToString("[*:0]");
    return forward;
  }

  /** Until the forward is gone, connections to it are taken and closed. */
  void refuses(int forward) {
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> connectTo(forward).close())
                    .isInstanceOf(ConnectException.class));
  }
}
