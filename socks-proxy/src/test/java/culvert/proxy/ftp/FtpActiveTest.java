package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.SshUser;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import io.netty.util.concurrent.Promise;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients in active mode, as they and the FTP server see it: by conversion to passive mode. */
class FtpActiveTest extends ActiveSessions {
  @Test
  void aDownloadGoesFromWhereTheServerListensToWhereTheClientDoes() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    convert(clients, servers);
    client.sendLine("RETR a");

    Peer data = ftp.accept(clients);
    Peer serverData = ftp.accept(servers);
    assertThat(server.line()).isEqualTo("RETR a");
    server.sendLine("150 here");
    assertThat(client.line()).isEqualTo("150 here");
    serverData.send("the file").close();
    assertThat(data.rest()).isEqualTo("the fileEOF");
    data.close();

    assertThat(ftp.ssh.channels)
        .hasToString("[ftp.example:21, ftp.example:" + servers.getLocalPort() + "]");
    assertThat(ftp.direct).containsExactly(clients.getLocalPort());
    await().until(() -> ftp.connections.count() == 0);
  }

  @Test
  void anUploadArrivesWhole() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    convert(clients, servers);
    client.sendLine("STOR a");
    Peer data = ftp.accept(clients);
    Peer serverData = ftp.accept(servers);
    assertThat(server.line()).isEqualTo("STOR a");
    data.send("up").sendEof();

    assertThat(serverData.rest()).isEqualTo("upEOF");
  }

  @Test
  void plaintextSessionsConvertToo() throws Exception {
    greeted(ftp.control(FtpFixture.HOST, new Route.Direct(Optional.of(REMOTE_FORWARD))));
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    convert(clients, servers);
    client.sendLine("LIST");
    Peer data = ftp.accept(clients);
    ftp.accept(servers).send("list").close();

    assertThat(data.rest()).isEqualTo("listEOF");
    assertThat(ftp.ssh.channels).isEmpty();
    assertThat(ftp.ssh.forwards).isEmpty();
  }

  @Test
  void withoutTheClientTheServerNeverHearsOfTheUpload() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    convert(clients, ftp.listen());
    clients.close();
    client.sendLine("STOR a").sendLine("NOOP");

    assertThat(client.line())
        .isEqualTo("425 culvert: port " + clients.getLocalPort() + ": connection refused");
    assertThat(server.line()).isEqualTo("NOOP");
    assertThat(ftp.ssh.channels).hasSize(1);
  }

  @Test
  void withoutTheServersPortTheClientIsReset() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    convert(clients, servers);
    servers.close();
    client.sendLine("STOR a").sendLine("NOOP");

    assertThat(ftp.accept(clients).rest()).isEqualTo("RESET");
    assertThat(client.line()).startsWith("425 culvert: channel to ftp.example:");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void pipelinedCommandsWaitForTheirTurn() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    client.send("TYPE I\r\n" + port(clients) + "\r\nRETR a\r\nNOOP\r\n");
    assertThat(server.line()).isEqualTo("TYPE I");
    server.sendLine("200 binary");
    announce(servers);
    ftp.accept(clients);
    ftp.accept(servers);
    assertThat(server.line()).isEqualTo("RETR a");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void commandsPipelinedBehindPassWaitForTheirTurnToo() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PASSWORD);
    client = ftp.tunnel(Fallback.NONE);
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    client.send("USER bob\r\nPASS x\r\n" + port(clients) + "\r\nRETR a\r\nNOOP\r\n");
    server = ftp.server();
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("230 in");

    announce(servers);
    ftp.accept(clients);
    ftp.accept(servers);
    assertThat(server.line()).isEqualTo("RETR a");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void eachTransferHasAPortOfItsOwn() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    convert(clients, servers);
    for (String file : new String[] {"a", "b"}) {
      client.sendLine("RETR " + file);
      if (file.equals("b")) {
        announce(servers);
      }
      Peer data = ftp.accept(clients);
      ftp.accept(servers).send(file).close();
      assertThat(data.rest()).isEqualTo(file + "EOF");
      data.close();
      assertThat(server.line()).isEqualTo("RETR " + file);
      server.sendLine("226 done");
      assertThat(client.line()).isEqualTo("226 done");
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PORT 192,0,2,7,19,137",
        "PORT 127,0,0,2,19,137",
        "PORT 0,0,0,0,19,137",
        "PORT 127,0,0,1,0,21",
        "PORT 127,0,0,1,3,255",
        "EPRT |1|192.0.2.7|5001|",
        "EPRT |2|::1|5001|",
        "EPRT |1|127.0.0.1|80|"
      })
  void onlyTheClientsOwnAddressAndPortsFrom1024On(String command) throws Exception {
    tunnelled();
    client.sendLine(command).sendLine("NOOP");

    assertThat(client.line()).isEqualTo("500 Illegal " + command.substring(0, 4) + " command.");
    assertThat(server.line()).isEqualTo("NOOP");
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void aPortThatATunnelledSessionHoldsIsNoClients() throws Exception {
    tunnelled();
    ServerSocket servers = ftp.listen();
    client.sendLine("EPSV");
    announce(servers);
    client.line();
    client.sendLine(port(servers));

    assertThat(client.line()).isEqualTo("500 Illegal PORT command.");
  }

  @Test
  void anUploadThatTheClientBreaksOffIsAborted() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    ServerSocket servers = ftp.listen();
    convert(clients, servers);
    client.sendLine("STOR a");
    Peer data = ftp.accept(clients);
    Peer serverData = ftp.accept(servers);
    assertThat(server.line()).isEqualTo("STOR a");
    server.sendLine("150 go");
    data.send("half");
    assertThat(serverData.answer()).isEqualTo('h');
    data.reset();

    assertThat(server.line()).isEqualTo("ABOR");
    server.sendLine("426 cut").sendLine("226 aborted");
    assertThat(client.line()).isEqualTo("150 go");
    assertThat(client.line()).startsWith("426 ");
  }

  @Test
  void aClientThatIsGoneBeforeTheServerIsReachedLeavesNoEmptyFile() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    convert(clients, ftp.listen());
    Promise<Void> gate = ftp.ssh.holdChannels();
    client.sendLine("STOR a").sendLine("NOOP");
    Peer data = ftp.accept(clients);
    await().until(() -> ftp.connections.count() == 1);
    data.reset();
    await().until(() -> ftp.connections.count() == 0);
    gate.setSuccess(null);

    assertThat(client.line()).startsWith("425 culvert: the client");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void aSessionThatEndsWhileItsClientIsCalledConnectsNobody() throws Exception {
    tunnelled();
    ServerSocket clients = ftp.listen();
    convert(clients, ftp.listen());
    Promise<Void> gate = ftp.ssh.holdChannels();
    client.sendLine("RETR a");
    Peer data = ftp.accept(clients);
    server.close();
    assertThat(client.rest()).isEqualTo("EOF");
    gate.setSuccess(null);

    assertThat(data.rest()).isIn("EOF", "RESET");
  }

  // Waits that do not end by themselves

  /** The client is there, and the channel to the server's port is never answered. */
  private Promise<Void> openingFor(String transfer) throws Exception {
    ServerSocket clients = ftp.listen();
    convert(clients, ftp.listen());
    Promise<Void> gate = ftp.ssh.holdChannels();
    client.sendLine(transfer);
    called = ftp.accept(clients);
    await().until(() -> ftp.ssh.channels.size() == 2);
    return gate;
  }

  @Test
  void anAbortEndsTheWaitForTheDataConnection() throws Exception {
    tunnelled();
    Promise<Void> gate = openingFor("STOR a");
    client.sendLine("ABOR").sendLine("NOOP");

    assertThat(client.line()).isEqualTo("425 culvert: aborted by the client.");
    assertThat(client.line()).startsWith("226 ");
    assertThat(server.line()).isEqualTo("NOOP");
    assertThat(called.rest()).isEqualTo("RESET");
    gate.setSuccess(null);
    await().until(() -> ftp.connections.count() == 0);
  }

  @Test
  void aDataConnectionThatIsNotMadeInTimeIsReported() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2));
    tunnelled();
    openingFor("STOR a");
    client.sendLine("NOOP");

    assertThat(client.line()).isEqualTo("425 culvert: no data connection within 2000 ms");
    assertThat(server.line()).isEqualTo("NOOP");
    assertThat(called.rest()).isEqualTo("RESET");
  }

  @Test
  void aServerThatSwallowsTheProbeIsReported() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2));
    tunnelled();
    client.sendLine(port(ftp.listen())).sendLine("NOOP");
    assertThat(server.line()).isEqualTo("EPSV");

    assertThat(client.line())
        .isEqualTo("425 culvert: the FTP server has answered neither EPSV nor PASV within 2000 ms");
    assertThat(server.line()).isEqualTo("NOOP");
    server.sendLine("200 ok");
    assertThat(client.line()).isEqualTo("200 ok");
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"", "QUIT\r\n", "STOR b\r\n"})
  void theClientsEndEndsTheWaitAndNothingIsSentForIt(String pipelined) throws Exception {
    tunnelled();
    Promise<Void> gate = openingFor("STOR a");
    client.send(pipelined).sendEof();

    assertThat(server.line()).isEqualTo("EOF");
    assertThat(called.rest()).isEqualTo("RESET");
    gate.setSuccess(null);
    server.close();
    assertThat(client.line()).startsWith("425 ");
    assertThat(client.line()).isEqualTo("EOF");
    await().until(() -> ftp.connections.count() == 0);
  }

  @Test
  void aClientThatBreaksOffWhileItWaitsEndsTheSession() throws Exception {
    tunnelled();
    openingFor("STOR a");
    client.reset();

    assertThat(server.line()).isEqualTo("EOF");
    assertThat(called.rest()).isEqualTo("RESET");
  }
}
