package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.SshUser;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.ssh.SshFailure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a server says, and however it is understood: its client's data stay in the tunnel. */
class FtpNetTest {
  private static final int FOR_THE_RULES = 7;
  private static final int NOT_ALLOWED = 2;

  @RegisterExtension final FtpFixture ftp = new FtpFixture();

  @BeforeEach
  void start() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
  }

  private record Control(Peer client, Peer server) {

    Control says(String command) throws Exception {
      client.sendLine(command);
      assertThat(server.line()).isEqualTo(command);
      return this;
    }

    Control hears(String... replies) throws Exception {
      for (String reply : replies) {
        server.sendLine(reply);
        assertThat(client.line()).isEqualTo(reply);
      }
      return this;
    }

    /** The client is told something else. */
    String isTold(String reply) throws Exception {
      server.sendLine(reply);
      return client.line();
    }
  }

  private Control tunnelled(FtpSettings.DataConnections data) throws Exception {
    FtpSettings standard = FtpSettings.STANDARD;
    FtpSettings settings =
        new FtpSettings(standard.activeMode(), data, standard.passiveAddress(), standard.authTls());
    return greeted(
        ftp.control(
            FtpFixture.HOST,
            new Route.FtpTunnel(
                "test", Optional.empty(), Fallback.NONE, new FtpHandling(settings, false))));
  }

  private Control tunnelled() throws Exception {
    return tunnelled(FtpSettings.DataConnections.SOCKS);
  }

  private Control greeted(Peer client) throws Exception {
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 hi");
    return new Control(client, server);
  }

  private void comesThroughTheTunnel(int port, ServerSocket listener) throws Exception {
    Peer data = ftp.data(FtpFixture.HOST, port);
    assertThat(data.answer()).isZero();
    ftp.accept(listener).send("the file").close();
    assertThat(data.rest()).isEqualTo("the fileEOF");
    assertThat(ftp.ssh.channels).last().hasToString(FtpFixture.HOST + ":" + port);
    assertThat(ftp.direct).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"150 ok", "099 ok", "110 MARK"})
  void aReplyThatEndsNothingHereBringsNoDataOutOfTheTunnel(String reply) throws Exception {
    Control control = tunnelled().says("SITE X").hears(reply);
    ServerSocket listener = ftp.listen();
    int port = listener.getLocalPort();
    control.says("EPSV");
    control.isTold("229 ok (|||" + port + "|)");
    control.says("RETR file").hears("150 here");

    comesThroughTheTunnel(port, listener);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(FtpSettings.DataConnections.class)
  void whateverTheClientMakesOfTheAnswer(FtpSettings.DataConnections data) throws Exception {
    Control control = tunnelled(data).says("EPSV");
    assertThat(control.isTold("200 port is in the next line")).startsWith("425 ");
    ServerSocket listener = ftp.listen();

    comesThroughTheTunnel(listener.getLocalPort(), listener);
    control.says("NOOP").hears("200 ok");
    comesThroughTheTunnel(listener.getLocalPort(), listener);
    control.says("LIST").hears("150 here", "226 done");
    assertThat(ftp.data(FtpFixture.HOST, listener.getLocalPort()).answer())
        .isEqualTo(FOR_THE_RULES);
  }

  @Test
  void whoHasComeToItsListenerHasTheOtherPortsOfTheServerAgain() throws Exception {
    Control control = tunnelled(FtpSettings.DataConnections.LISTENER).says("EPSV");
    ServerSocket listener = ftp.listen();
    String told = control.isTold("229 ok (|||" + listener.getLocalPort() + "|)");
    int port = Integer.parseInt(told.replaceAll(".*\\|(\\d+)\\|.*", "$1"));

    Peer data = new Peer(new Socket(InetAddress.getLoopbackAddress(), port));
    ftp.accept(listener).send("x").close();

    assertThat(data.rest()).isEqualTo("xEOF");
    data.close();
    assertThat(ftp.data(FtpFixture.HOST, 8080).answer()).isEqualTo(FOR_THE_RULES);
  }

  @Test
  void aReplyThatEndsWithAnotherCodeHasItsOwnWhenNothingComesBehindIt() throws Exception {
    Control control = tunnelled().says("CWD a").hears("250-a");
    control.server().sendLine("257 b");

    assertThat(control.client().line()).isEqualTo("250 b");
    control.says("NOOP").hears("200 ok");
  }

  @Test
  void whoComesForItsListenersPortThroughTheFrontDoorIsServedThere() throws Exception {
    Control control = tunnelled(FtpSettings.DataConnections.LISTENER).says("EPSV");
    ServerSocket listener = ftp.listen();
    String told = control.isTold("229 ok (|||" + listener.getLocalPort() + "|)");
    int port = Integer.parseInt(told.replaceAll(".*\\|(\\d+)\\|.*", "$1"));

    Peer data = ftp.data(FtpFixture.HOST, port);
    assertThat(data.answer()).isZero();
    ftp.accept(listener).send("x").close();

    assertThat(data.rest()).isEqualTo("xEOF");
    assertThat(ftp.ssh.channels)
        .last()
        .hasToString(FtpFixture.HOST + ":" + listener.getLocalPort());
    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isEqualTo(NOT_ALLOWED);
  }

  @Test
  void aClientThatNamesNoDestinationHasNoPartInIt() throws Exception {
    ftp.destinationsNamed = false;
    tunnelled(FtpSettings.DataConnections.LISTENER).says("EPSV");

    assertThat(ftp.data(FtpFixture.HOST, 2000).answer()).isEqualTo(FOR_THE_RULES);
  }

  @ParameterizedTest(name = "after {0} to {1}")
  @CsvSource({"STOR file,", "STOR file,150 go", "RETR file,", "LIST,150 here"})
  void whoComesWhenItsControlConnectionHasEndedIsRefused(String transfer, String reply)
      throws Exception {
    Control control = tunnelled().says("EPSV");
    ServerSocket listener = ftp.listen();
    int port = listener.getLocalPort();
    control.isTold("229 ok (|||" + port + "|)");
    control.says(transfer);
    if (reply != null) {
      control.hears(reply);
    }

    control.client().reset();
    control.server().close();
    ended();

    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isEqualTo(NOT_ALLOWED);
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void whoComesUnannouncedWhenItsControlConnectionHasEndedIsRefused() throws Exception {
    Control control = tunnelled().says("PASV");
    control.client().close();
    control.server().close();
    ended();

    assertThat(ftp.data(FtpFixture.HOST, 2000).answer()).isEqualTo(NOT_ALLOWED);
  }

  @Test
  void whenTheTunnelIsGoneWhoComesIsRefused() throws Exception {
    Control control = tunnelled().says("PASV");
    ftp.ssh.ended.setSuccess(FakeSsh.failure(SshFailure.SESSION_ENDED));
    assertThat(control.client().rest()).endsWith("EOF");
    control.client().close();
    ended();

    assertThat(ftp.data(FtpFixture.HOST, 2000).answer()).isEqualTo(NOT_ALLOWED);
  }

  private void ended() {
    await()
        .untilAsserted(
            () -> assertThat(ftp.recorded.get(0).events).anyMatch(e -> e.startsWith("ended ")));
    await().untilAsserted(() -> assertThat(ftp.clients.get(0).isOpen()).isFalse());
  }

  @ParameterizedTest(name = "tunnelled: {0}")
  @ValueSource(booleans = {true, false})
  void anotherServersControlPortIsNoData(boolean tunnelled) throws Exception {
    ftp.names.put("b.example", List.of(InetAddress.getByName("192.0.2.99")));
    Control control = tunnelled ? tunnelled() : greeted(ftp.plain(FtpFixture.HOST));
    control.says("PASV");
    String told = control.isTold("227 ok (192,0,2,99,8,73)"); // 2121

    assertThat(told).doesNotContain("192,0,2,99").doesNotContain(",8,73)");
    assertThat(ftp.data("192.0.2.99", 2121).answer()).isEqualTo(FOR_THE_RULES);
    assertThat(ftp.data("b.example", 2121).answer()).isEqualTo(FOR_THE_RULES);
    assertThat(ftp.data(FtpFixture.HOST, 2121).answer()).isEqualTo(FOR_THE_RULES);
  }

  @Test
  void theAddressThatSshHasReachedIsTheServers() throws Exception {
    ftp.profile = TestProfiles.withoutHost(ftp.profile);
    ftp.names.clear();
    InetAddress reached = InetAddress.getByName("192.0.2.33");
    ftp.ssh.reachedAt = Optional.of(reached);
    assertThat(tunnelled().says("EPSV").isTold("200 what")).startsWith("425 ");

    assertThat(ftp.data("192.0.2.33", ftp.listen().getLocalPort()).answer()).isZero();
  }

  @Test
  void theAddressOfAGatewayIsNotTheServers() throws Exception {
    ftp.names.clear();
    ftp.ssh.reachedAt = Optional.of(InetAddress.getByName("192.0.2.33"));
    assertThat(tunnelled().says("EPSV").isTold("200 what")).startsWith("425 ");

    assertThat(ftp.data("192.0.2.33", 2000).answer()).isEqualTo(FOR_THE_RULES);
  }
}
