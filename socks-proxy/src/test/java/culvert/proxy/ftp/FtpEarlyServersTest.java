package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.Originator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Active mode through a remote forward: servers that connect before the transfer, or late. */
class FtpEarlyServersTest extends ActiveSessions {
  // A server that comes before the transfer

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR a", "APPE a", "STOU"})
  void aServerThatComesWhenItIsToldThePortGetsTheWholeUpload(String upload) throws Exception {
    forwarding("127.0.0.1");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    try (Peer early = connectEarly(forward)) {
      Peer data = transfer(upload, clients);
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
    } else {
      early.close();
    }
    ftp.ssh.letIn.get(0).read(); // a socket, unlike an SSH channel, tells only whoever reads
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
    Peer data = transfer(transfer, clients);
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
    Peer data = transfer("LIST", clients);
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
    Peer data = transfer("LIST", clients);
    try (Peer serverData = connectTo(forward)) {
      serverData.send("the ");
      for (char c : "the ".toCharArray()) {
        assertThat(data.answer()).isEqualTo(c); // the server has come, whenever that was noticed
      }
      server.sendLine("226 done");
      assertThat(client.line()).isEqualTo("226 done");
      refuses(forward);
      assertThat(data.isSilent()).isTrue();
      serverData.send("list").sendEof();
      assertThat(data.rest()).isEqualTo("listEOF");
    }
  }

  @Test
  void eachOfTwoTransfersIsWaitedForByItself() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    Peer first = transfer("RETR a", clients);
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

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PORT", "PASV", "RETR b"})
  void whatComesEarlyDoesNotTakeThePortFromTheTransferBefore(String early) throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    Peer data = transfer("RETR a", clients);
    client.sendLine(early.equals("PORT") ? port(clients) : early);
    assertThat(server.line()).startsWith(early.equals("PASV") ? "PASV" : "PORT ");

    try (Peer serverData = connectTo(forward)) {
      server.sendLine("150 here");
      serverData.send("the file").sendEof();
      assertThat(data.rest()).isEqualTo("the fileEOF");
    }
  }
}
