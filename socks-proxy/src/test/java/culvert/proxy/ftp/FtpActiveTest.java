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
import culvert.ssh.Originator;
import culvert.ssh.SshFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients in active mode, as they and the FTP server see it. */
class FtpActiveTest {
  private static final FtpHandling REMOTE_FORWARD =
      new FtpHandling(
          new FtpSettings(
              FtpSettings.ActiveMode.REMOTE_FORWARD,
              FtpSettings.DataConnections.SOCKS,
              FtpSettings.PassiveAddress.CONTROL_HOST,
              FtpSettings.AuthTls.REFUSE),
          false);

  private FtpFixture ftp;
  private Peer client;
  private Peer server;
  private Peer called; // the client's end of a data connection

  @BeforeEach
  void start() throws Exception {
    ftp = new FtpFixture();
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
  }

  @AfterEach
  void stop() throws Exception {
    ftp.close();
  }

  private void tunnelled() throws Exception {
    greeted(ftp.tunnel(Fallback.NONE));
  }

  private void forwarding(String target) throws Exception {
    greeted(
        ftp.control(
            FtpFixture.HOST,
            new Route.FtpTunnel(
                "test", Optional.of(new Endpoint(target, 21)), Fallback.NONE, REMOTE_FORWARD)));
  }

  private void greeted(Peer connected) throws Exception {
    client = connected;
    server = ftp.server();
    server.sendLine("220 hi");
    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 hi");
  }

  private static String port(ServerSocket listener) {
    int port = listener.getLocalPort();
    return "PORT 127,0,0,1," + port / 256 + "," + port % 256;
  }

  /** The client names its listener, and Culvert asks the server to listen at another. */
  private void convert(ServerSocket clients, ServerSocket servers) throws Exception {
    client.sendLine(port(clients));
    announce(servers);
    assertThat(client.line()).isEqualTo("200 PORT command successful.");
  }

  private void announce(ServerSocket servers) throws Exception {
    assertThat(server.line()).isEqualTo("EPSV");
    server.sendLine("229 ok (|||" + servers.getLocalPort() + "|)");
  }

  /** The port of the remote forward that the server is told. */
  private int renamed(ServerSocket clients) throws Exception {
    client.sendLine(port(clients));
    int forward = told(server.line());
    server.sendLine("200 as you say");
    assertThat(client.line()).isEqualTo("200 as you say");
    return forward;
  }

  private static int told(String command) {
    String[] numbers = command.split(",", -1);
    assertThat(numbers[0]).isEqualTo("PORT 127");
    return Integer.parseInt(numbers[4]) * 256 + Integer.parseInt(numbers[5]);
  }

  private Peer connectTo(int forward) throws Exception {
    return new Peer(new Socket(InetAddress.getLoopbackAddress(), forward));
  }

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

  @Test
  void aRemoteForwardStandsForTheClientsListener() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    assertThat(ftp.ssh.forwards).hasToString("[127.0.0.1:0, [::1]:0]");
    client.sendLine("RETR a");
    assertThat(server.line()).isEqualTo("RETR a");
    Peer data = ftp.accept(clients);
    try (Peer serverData = connectTo(forward)) {
      serverData.send("the file").sendEof();
      assertThat(data.rest()).isEqualTo("the fileEOF");
      data.close();
      assertThat(serverData.rest()).isEqualTo("EOF");
    }
    refuses(forward);
  }

  // A server that comes before the transfer

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR a", "APPE a", "STOU"})
  void aServerThatComesWhenItIsToldThePortGetsTheWholeUpload(String upload) throws Exception {
    forwarding("127.0.0.1");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    try (Peer early = connectEarly(forward)) {
      client.sendLine(upload);
      assertThat(server.line()).isEqualTo(upload);
      Peer data = ftp.accept(clients);
      data.send("up").sendEof();

      assertThat(early.rest()).isEqualTo("upEOF");
      early.sendEof();
      assertThat(data.rest()).isEqualTo("EOF");
      server.sendLine("226 stored");
      assertThat(client.line()).isEqualTo("226 stored");
    }
    refuses(forward);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"RETR a", "LIST", "NLST", "MLSD"})
  void aServerThatComesWhenItIsToldThePortSendsItsDownload(String download) throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    try (Peer early = connectEarly(forward)) {
      client.sendLine(download);
      assertThat(server.line()).isEqualTo(download);
      early.send("the file").sendEof();

      assertThat(ftp.accept(clients).rest()).isEqualTo("the fileEOF");
    }
  }

  @Test
  void whatAServerSendsEarlyIsKeptForTheTransferEvenIfItClosesBehindIt() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    connectEarly(renamed(clients)).send("the file").close();
    client.sendLine("RETR a");
    assertThat(server.line()).isEqualTo("RETR a");

    assertThat(ftp.accept(clients).rest()).isEqualTo("the fileEOF");
  }

  @Test
  void aServerThatComesEarlyForTheSecondTransferOnOnePortIsKeptToo() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    for (String file : new String[] {"a", "b"}) {
      if (file.equals("b")) {
        client.sendLine("RETR b");
        forward = told(server.line());
      }
      Peer early = connectEarly(forward);
      if (file.equals("b")) {
        server.sendLine("200 again");
      } else {
        client.sendLine("RETR a");
      }
      assertThat(server.line()).isEqualTo("RETR " + file);
      early.send(file).close();
      assertThat(ftp.accept(clients).rest()).isEqualTo(file + "EOF");
      server.sendLine("226 done");
      assertThat(client.line()).isEqualTo("226 done");
    }
  }

  @Test
  void besideAServerThatIsKeptNobodyIsLetIn() throws Exception {
    forwarding("127.0.0.1");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    try (Peer early = connectEarly(forward)) {
      try (Peer second = connectTo(forward)) {
        assertThat(second.rest()).isIn("EOF", "RESET");
      }
      client.sendLine("STOR a");
      server.line();
      ftp.accept(clients).send("up").sendEof();

      assertThat(early.rest()).isEqualTo("upEOF");
    }
    assertThat(ftp.ssh.letIn).hasSize(1);
  }

  @ParameterizedTest(name = "reset: {0}")
  @ValueSource(booleans = {true, false})
  void aServerThatGoesAgainMayComeForTheTransfer(boolean reset) throws Exception {
    forwarding("127.0.0.1");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    Peer early = connectEarly(forward);
    if (reset) {
      early.reset();
      ftp.ssh.letIn.get(0).read(); // a reset is noticed only where somebody reads
    } else {
      early.close();
    }
    await().until(() -> !ftp.ssh.letIn.get(0).isOpen());
    client.sendLine("STOR a");
    server.line();
    Peer data = ftp.accept(clients);
    try (Peer serverData = connectTo(forward)) {
      data.send("up").sendEof();
      assertThat(serverData.rest()).isEqualTo("upEOF");
    }
  }

  @Test
  void aServerIsNotKeptForLong() throws Exception {
    ftp.dataPatience(Duration.ofMillis(300), FtpFixture.NEVER);
    forwarding("127.0.0.1");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    try (Peer early = connectEarly(forward)) {
      assertThat(early.rest()).isEqualTo("RESET");
    }
    client.sendLine("STOR a");
    server.line();
    Peer data = ftp.accept(clients);
    try (Peer serverData = connectTo(forward)) {
      data.send("up").sendEof();
      assertThat(serverData.rest()).isEqualTo("upEOF");
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PORT", "PASV", "EPSV", "EOF"})
  void aServerIsNotKeptWhenItsPortIsNotUsedAnyMore(String end) throws Exception {
    forwarding("localhost");
    try (Peer early = connectEarly(renamed(ftp.listen()))) {
      if (end.equals("EOF")) {
        server.close();
      } else {
        client.sendLine(end.equals("PORT") ? port(ftp.listen()) : end);
      }
      assertThat(early.rest()).isEqualTo("RESET");
    }
  }

  @Test
  void aStrangerThatComesEarlyDoesNotTakeTheServersPlace() throws Exception {
    ftp.names.put("ftp.inside", List.of(InetAddress.getByName("192.0.2.5")));
    int forward = forwardBeyond("ftp.inside", ftp.listen());
    try (Peer thief = connectTo(forward)) {
      assertThat(thief.rest()).isIn("EOF", "RESET");
    }
    assertThat(ftp.ssh.letIn).isEmpty();
  }

  @Test
  void anUploadToAServerThatCameEarlyIsAbortedWhenItsClientBreaksOff() throws Exception {
    forwarding("127.0.0.1");
    ServerSocket clients = ftp.listen();
    Peer early = connectEarly(renamed(clients));
    client.sendLine("STOR a");
    assertThat(server.line()).isEqualTo("STOR a");
    Peer data = ftp.accept(clients).send("half");
    assertThat(early.answer()).isEqualTo('h');
    data.reset();

    assertThat(server.line()).isEqualTo("ABOR");
    server.sendLine("226 stored").sendLine("225 nothing to abort");
    assertThat(client.line()).startsWith("426 ");
  }

  // A server that says that it is done, and never comes

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"RETR a", "LIST", "NLST", "MLSD", "STOR a"})
  void aClientForWhichNobodyComesIsResetSoonAfterTheServerIsDone(String transfer) throws Exception {
    ftp.dataPatience(FtpFixture.NEVER, Duration.ofMillis(300));
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    client.sendLine(transfer);
    assertThat(server.line()).isEqualTo(transfer);
    Peer data = ftp.accept(clients);
    server.sendLine("150 here it comes").sendLine("226 done");
    assertThat(client.line()).isEqualTo("150 here it comes");
    assertThat(client.line()).startsWith(transfer.startsWith("STOR") ? "426 " : "226 done");

    assertThat(data.rest()).isEqualTo("RESET");
    refuses(forward);
    client.sendLine("NOOP");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void aServerWhoseDataAreOvertakenByItsReplyIsWaitedFor() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    client.sendLine("LIST");
    assertThat(server.line()).isEqualTo("LIST");
    Peer data = ftp.accept(clients);
    server.sendLine("226 done");
    assertThat(client.line()).isEqualTo("226 done");
    try (Peer serverData = connectTo(forward)) {
      serverData.send("the list").sendEof();
      assertThat(data.rest()).isEqualTo("the listEOF");
    }
  }

  @Test
  void aTransferInWhichNothingMovesAfterTheReplyIsLeftAlone() throws Exception {
    ftp.dataPatience(FtpFixture.NEVER, Duration.ofMillis(100));
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    client.sendLine("LIST");
    assertThat(server.line()).isEqualTo("LIST");
    Peer data = ftp.accept(clients);
    try (Peer serverData = connectTo(forward)) {
      serverData.send("the ");
      server.sendLine("226 done");
      assertThat(client.line()).isEqualTo("226 done");
      assertThat(data.answer()).isEqualTo('t');
      refuses(forward);
      assertThat(data.answer()).isEqualTo('h');
      assertThat(data.answer()).isEqualTo('e');
      assertThat(data.answer()).isEqualTo(' ');
      int deadline = data.socket.getSoTimeout();
      data.socket.setSoTimeout(500);
      assertThatThrownBy(data::answer).isInstanceOf(SocketTimeoutException.class);
      data.socket.setSoTimeout(deadline);
      serverData.send("list").sendEof();
      assertThat(data.rest()).isEqualTo("listEOF");
    }
  }

  @Test
  void eachOfTwoTransfersIsWaitedForByItself() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    client.sendLine("RETR a");
    assertThat(server.line()).isEqualTo("RETR a");
    Peer first = ftp.accept(clients);
    client.sendLine("RETR b"); // while the first is under way
    told(server.line());
    server.sendLine("226 done").sendLine("200 again");
    assertThat(client.line()).isEqualTo("226 done");
    assertThat(server.line()).isEqualTo("RETR b");
    Peer second = ftp.accept(clients);
    server.sendLine("550 no such file");
    assertThat(client.line()).isEqualTo("550 no such file");

    assertThat(second.rest()).isEqualTo("RESET");
    try (Peer serverData = connectTo(forward)) {
      serverData.send("a").sendEof();
      assertThat(first.rest()).isEqualTo("aEOF");
    }
  }

  // Defects

  @ParameterizedTest(name = "early: {0}")
  @ValueSource(booleans = {true, false})
  void aConnectionOfTheServersThatCannotBeSetUpLeavesNobodyWaiting(boolean early) throws Exception {
    forwarding("127.0.0.1");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    if (early) {
      assertThat(failedSetUp().isOpen()).isFalse();
    }
    client.sendLine("STOR a");
    server.line();
    Peer data = ftp.accept(clients);
    if (early) {
      try (Peer serverData = connectTo(forward)) {
        data.send("up").sendEof();
        assertThat(serverData.rest()).isEqualTo("upEOF");
      }
    } else {
      assertThat(failedSetUp().isOpen()).isFalse();
      assertThat(data.rest()).isEqualTo("RESET");
    }
  }

  /** Somebody connects, and the pipeline does not take the handlers: a name is there already. */
  private Channel failedSetUp() {
    ChannelHandler initializer =
        ftp.ssh.forwardUser.accept(new Originator("127.0.0.1", 4000)).orElseThrow();
    EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    channel.pipeline().addFirst("kept", new ChannelInboundHandlerAdapter());
    channel.pipeline().addLast(initializer);
    return channel;
  }

  /** The server's connection, which is there for sure. */
  private Peer connectEarly(int forward) throws Exception {
    int before = ftp.ssh.letIn.size();
    Peer early = connectTo(forward);
    await().until(() -> ftp.ssh.letIn.size() > before);
    return early;
  }

  @Test
  void aTransferThatTheServerRefusesEndsTheForwardAndTheClientsConnection() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    client.sendLine("RETR a");
    server.line();
    Peer data = ftp.accept(clients);
    server.sendLine("550 no such file");

    assertThat(client.line()).isEqualTo("550 no such file");
    assertThat(data.rest()).isEqualTo("RESET");
    refuses(forward);
  }

  @Test
  void anotherPortEndsTheForward() throws Exception {
    forwarding("localhost");
    int first = renamed(ftp.listen());
    int second = renamed(ftp.listen());
    while (second == first) { // the kernel may give it again
      second = renamed(ftp.listen());
    }
    refuses(first);
    client.sendLine("PASV");
    assertThat(server.line()).isEqualTo("PASV");
    refuses(second);
  }

  @Test
  void theEndOfTheSessionEndsTheForward() throws Exception {
    forwarding("localhost");
    int forward = renamed(ftp.listen());
    server.close();
    refuses(forward);
  }

  @Test
  void aServerThatForbidsForwardsIsNamed() throws Exception {
    forwarding("localhost");
    ftp.ssh.forwardFailure = FakeSsh.failure(SshFailure.FORWARDING_REFUSED);
    client.sendLine(port(ftp.listen())).sendLine("NOOP");

    assertThat(client.line())
        .isEqualTo("425 culvert: ssh server gate:22: " + SshFailure.FORWARDING_REFUSED);
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void anFtpServerElsewhereIsToldTheSshServersAddress() throws Exception {
    ftp.names.put("gate", List.of(InetAddress.getByName("192.0.2.9")));
    forwarding("ftp.inside");
    client.sendLine("EPRT |1|127.0.0.1|" + ftp.listen().getLocalPort() + "|");

    assertThat(server.line()).startsWith("EPRT |1|192.0.2.9|");
    assertThat(ftp.ssh.forwards).hasToString("[*:0]");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ftp.inside", "192.0.2.5"})
  void aForwardForAnFtpServerElsewhereIsForNobodyElse(String target) throws Exception {
    ftp.names.put("ftp.inside", List.of(InetAddress.getByName("192.0.2.5")));
    ServerSocket clients = ftp.listen();
    int forward = forwardBeyond(target, clients);
    client.sendLine("STOR a");
    assertThat(server.line()).isEqualTo("STOR a");
    ftp.accept(clients).send("up");

    try (Peer thief = connectTo(forward)) {
      assertThat(thief.rest()).isIn("EOF", "RESET");
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"resolves to it", "is on the SSH server", "is not known here"})
  void anFtpServerElsewhereIsLetIn(String how) throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    if (how.equals("resolves to it")) {
      ftp.names.put("ftp.inside", List.of(InetAddress.getByName("192.0.2.5"), here));
    } else if (how.equals("is on the SSH server")) {
      ftp.names.put("ftp.inside", List.of(InetAddress.getByName("192.0.2.5")));
      ftp.ssh.reachedAt = Optional.of(here);
    }
    ServerSocket clients = ftp.listen();
    int forward = forwardBeyond("ftp.inside", clients);
    client.sendLine("STOR a");
    assertThat(server.line()).isEqualTo("STOR a");
    ftp.accept(clients).send("up").sendEof();

    try (Peer serverData = connectTo(forward)) {
      assertThat(serverData.rest()).isEqualTo("upEOF");
    }
  }

  /** The port of a remote forward that is not on the SSH server's loopback alone. */
  private int forwardBeyond(String target, ServerSocket clients) throws Exception {
    ftp.names.put("gate", List.of(InetAddress.getLoopbackAddress()));
    forwarding(target);
    int forward = renamed(clients);
    assertThat(ftp.ssh.forwards).hasToString("[*:0]");
    return forward;
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

  @Test
  void aRemoteForwardThatIsNotAnsweredIsReported() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2));
    forwarding("localhost");
    ftp.ssh.hangs = true;
    client.sendLine(port(ftp.listen())).sendLine("NOOP");

    assertThat(client.line()).isEqualTo("425 culvert: no remote forward within 2000 ms");
    assertThat(server.line()).isEqualTo("NOOP");
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

  // One PORT, several transfers

  @Test
  void aTransferThatFailsLeavesThePortToTheNext() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    renamed(clients);
    client.sendLine("RETR a");
    assertThat(server.line()).isEqualTo("RETR a");
    assertThat(refusedTransfer(clients)).isEqualTo("550 no such file");

    client.sendLine("RETR b");
    assertThat(server.line()).startsWith("PORT 127,");
    server.sendLine("200 ok");
    ftp.accept(clients);
    assertThat(server.line()).isEqualTo("RETR b");
  }

  private String refusedTransfer(ServerSocket clients) throws Exception {
    Peer data = ftp.accept(clients);
    server.sendLine("550 no such file");
    assertThat(data.rest()).isEqualTo("RESET");
    return client.line();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PORT", "PASV", "RETR b"})
  void whatComesEarlyDoesNotTakeThePortFromTheTransferBefore(String early) throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    client.sendLine("RETR a");
    assertThat(server.line()).isEqualTo("RETR a");
    Peer data = ftp.accept(clients);
    client.sendLine(early.equals("PORT") ? port(clients) : early);
    assertThat(server.line()).startsWith(early.equals("PASV") ? "PASV" : "PORT ");

    try (Peer serverData = connectTo(forward)) {
      server.sendLine("150 here");
      serverData.send("the file").sendEof();
      assertThat(data.rest()).isEqualTo("the fileEOF");
    }
  }

  /** Until the forward is gone, connections to it are taken and closed. */
  private void refuses(int forward) {
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> connectTo(forward).close())
                    .isInstanceOf(ConnectException.class));
  }
}
