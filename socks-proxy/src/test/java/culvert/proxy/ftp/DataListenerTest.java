package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.SshUser;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.proxy.owner.SocketOwner;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Passive data connections of clients that connect to what the reply names. */
class DataListenerTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final FtpHandling LISTENER =
      new FtpHandling(FtpSettings.STANDARD.withListeners(), false);

  @RegisterExtension final FtpFixture ftp = new FtpFixture();
  private ServerSocket serversPort;
  private Peer client;
  private Peer server;

  private volatile long uid = 1000; // whose the next socket is

  @BeforeEach
  void start() throws Exception {
    ftp.owner = client -> new SocketOwner.Known(uid, 1);
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    serversPort = ftp.listen();
    client =
        ftp.control(
            FtpFixture.HOST,
            new Route.FtpTunnel("test", Optional.empty(), Fallback.NONE, LISTENER));
    server = ftp.server();
    server.sendLine("220 hi");
    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 hi");
  }

  private int passive(String command) throws IOException {
    client.sendLine(command);
    assertThat(server.line()).isEqualTo(command);
    int port = serversPort.getLocalPort();
    server.sendLine(
        command.equals("EPSV")
            ? "229 ok (|||" + port + "|)"
            : "227 ok (192,0,2,9," + port / 256 + "," + port % 256 + ")");
    return announced(client.line());
  }

  /** The kernel may give a port again that was just closed. */
  private int passiveElsewhere(int last) throws IOException {
    int port = passive("EPSV");
    while (port == last) {
      port = passive("EPSV");
    }
    return port;
  }

  private static int announced(String line) {
    Matcher extended = Pattern.compile("229 .*\\(\\|\\|\\|(\\d+)\\|\\)").matcher(line);
    if (extended.matches()) {
      return Integer.parseInt(extended.group(1));
    }
    Matcher matcher = Pattern.compile("227 .*\\(127,0,0,1,(\\d+),(\\d+)\\)").matcher(line);
    assertThat(matcher.matches()).as(line).isTrue();
    return Integer.parseInt(matcher.group(1)) * 256 + Integer.parseInt(matcher.group(2));
  }

  private Peer connect(int port) throws IOException {
    return new Peer(new Socket(HERE, port));
  }

  private Peer connectAndBeLookedUp(int port) throws IOException {
    int before = ftp.ownersAsked.get(); // for the control connection
    Peer data = connect(port);
    await().until(() -> ftp.ownersAsked.get() > before);
    return data;
  }

  /** What becomes of a connection from there; a reset may come before it has been made. */
  private static String fate(String from, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress(HERE, port));
      return new Peer(socket).rest();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
      return "RESET";
    }
  }

  @Test
  void theReplyNamesAListenerOfOursAndItsDataTakeTheTunnel() throws Exception {
    for (String command : new String[] {"PASV", "EPSV"}) {
      int port = passive(command);
      assertThat(port).isNotEqualTo(serversPort.getLocalPort());
      assertThat(ftp.ownListeners.contains(HERE, port)).isTrue();

      Peer data = connect(port);
      ftp.accept(serversPort).send("the file").close();

      assertThat(data.rest()).isEqualTo("the fileEOF");
      assertThat(ftp.ssh.channels).last().hasToString("ftp.example:" + serversPort.getLocalPort());
      data.close();
      await().until(() -> !ftp.ownListeners.contains(HERE, port));
    }
    await().until(() -> ftp.limits.open() == 0 && ftp.connections.count() == 0);
  }

  @Test
  void aFileSentAndClosedBeforeTheTunnelStandsIsNotLost() throws Exception {
    Promise<Void> gate = ftp.ssh.holdChannels();
    Peer data = connect(passive("EPSV")).send("the file");
    data.sendEof();

    gate.setSuccess(null);

    Peer upload = ftp.accept(serversPort);
    assertThat(upload.rest()).isEqualTo("the fileEOF");
    upload.close();
    assertThat(data.rest()).isEqualTo("EOF");
  }

  @Test
  void anotherAddressIsResetAndTheClientStillServed() throws Exception {
    int port = passive("EPSV");

    assertThat(fate("127.0.0.2", port)).isEqualTo("RESET");
    Peer data = connect(port);
    ftp.accept(serversPort).send("x").close();
    assertThat(data.rest()).isEqualTo("xEOF");
  }

  @Test
  void anotherUsersProcessIsResetAndTheClientStillServed() throws Exception {
    int port = passive("EPSV");
    uid = 1001;
    assertThat(fate("127.0.0.1", port)).isEqualTo("RESET");

    uid = 1000;
    Peer data = connect(port);
    ftp.accept(serversPort).send("x").close();
    assertThat(data.rest()).isEqualTo("xEOF");
  }

  @Test
  void oneConnectionIsAllThereIs() throws Exception {
    int port = passive("EPSV");
    Peer data = connect(port);
    ftp.accept(serversPort).send("x").close();
    assertThat(data.rest()).isEqualTo("xEOF");

    await().until(() -> !ftp.ownListeners.contains(HERE, port));
    assertThatThrownBy(() -> connect(port)).isInstanceOf(IOException.class);
  }

  @Test
  void aNewAnnouncementOrTheEndOfTheSessionClosesTheListener() throws Exception {
    int first = passive("EPSV");
    int second = passiveElsewhere(first);
    await().until(() -> !ftp.ownListeners.contains(HERE, first));
    assertThatThrownBy(() -> connect(first)).isInstanceOf(IOException.class);

    client.reset();
    await().until(() -> !ftp.ownListeners.contains(HERE, second));
    assertThatThrownBy(() -> connect(second)).isInstanceOf(IOException.class);
  }

  @Test
  void whatTheServerSaysNextComesBehindTheAnnouncement() throws Exception {
    client.send("PASV\r\nNOOP\r\n");
    assertThat(server.line()).isEqualTo("PASV");
    assertThat(server.line()).isEqualTo("NOOP");
    server.send("227 ok (127,0,0,1,9,9)\r\n200 noop\r\n");

    announced(client.line());
    assertThat(client.line()).isEqualTo("200 noop");
  }

  @Test
  void ourOwnAnswersComeBehindTheAnnouncementToo() throws Exception {
    client.send("PASV\r\nLPRT 4\r\nNOOP\r\n");
    assertThat(server.line()).isEqualTo("PASV");
    server.send("227 ok (127,0,0,1,9,9)\r\n");

    announced(client.line());
    assertThat(client.line()).startsWith("5");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void theServersRepliesWaitWhileItIsFoundOutWhoHasCome() throws Exception {
    int port = passive("EPSV");
    Promise<Void> gate = ftp.holdOwners();
    Peer data = connectAndBeLookedUp(port);
    client.sendLine("STOR a");
    assertThat(server.line()).isEqualTo("STOR a");
    server.sendLine("150 go on");
    server.sendLine("226 done");
    client.sendLine("NOOP");
    assertThat(server.line()).isEqualTo("NOOP");
    assertThat(client.available()).isZero();

    gate.setSuccess(null);

    assertThat(client.line()).isEqualTo("150 go on");
    ftp.accept(serversPort).close();
    data.close();
  }

  /** A client that has sent a small file and closed it has no owner any more. */
  @Test
  void aTransferBeginsForAClientThatPipelinesWhenItIsKnownThatItHasCome() throws Exception {
    client.send("EPSV\r\nSTOR a\r\n");
    assertThat(server.line()).isEqualTo("EPSV");
    assertThat(server.line()).isEqualTo("STOR a");
    server.send("229 ok (|||" + serversPort.getLocalPort() + "|)\r\n150 go on\r\n");
    int port = announced(client.line());
    Promise<Void> gate = ftp.holdOwners();
    Peer data = connectAndBeLookedUp(port);
    assertThat(client.available()).isZero();

    gate.setSuccess(null);

    assertThat(client.line()).isEqualTo("150 go on");
    ftp.accept(serversPort).close();
    data.close();
  }

  @Test
  void somebodyElseDoesNotBeginTheTransfer() throws Exception {
    client.send("EPSV\r\nSTOR a\r\n");
    assertThat(server.line()).isEqualTo("EPSV");
    server.send("229 ok (|||" + serversPort.getLocalPort() + "|)\r\n150 go on\r\n");
    int port = announced(client.line());
    assertThat(fate("127.0.0.2", port)).isEqualTo("RESET");
    uid = 1001;
    assertThat(fate("127.0.0.1", port)).isEqualTo("RESET");
    Promise<Void> gate = ftp.holdOwners();
    uid = 1000;
    Peer data = connectAndBeLookedUp(port);
    assertThat(client.available()).isZero();

    gate.setSuccess(null);

    assertThat(client.line()).isEqualTo("150 go on");
    data.close();
  }

  @Test
  void othersHoldUpTheServersRepliesOnlySoOften() throws Exception {
    int port = passive("EPSV");
    uid = 1001;
    for (int i = 0; i < 8; i++) {
      assertThat(fate("127.0.0.1", port)).isEqualTo("RESET");
    }
    Promise<Void> gate = ftp.holdOwners();
    Peer other = connectAndBeLookedUp(port);
    client.sendLine("NOOP");
    assertThat(server.line()).isEqualTo("NOOP");
    server.sendLine("200 noop");

    assertThat(client.line()).as("beside the one who is looked up").isEqualTo("200 noop");
    gate.setSuccess(null);
    other.close();
  }

  /** Some wait for the 150; they are waited for only once. */
  @Test
  void aClientThatComesWhenTheTransferHasBegunIsServedToo() throws Exception {
    for (String transfer : new String[] {"STOR a", "STOR b", "STOR c"}) {
      int port = passive("EPSV");
      client.sendLine(transfer);
      assertThat(server.line()).isEqualTo(transfer);
      server.sendLine("150 go on");
      assertThat(client.line()).isEqualTo("150 go on");
      Peer data = connect(port).send("the file");
      data.sendEof();
      Peer upload = ftp.accept(serversPort);
      assertThat(upload.rest()).isEqualTo("the fileEOF");
      upload.close();
      server.sendLine("226 done");
      assertThat(client.line()).isEqualTo("226 done");
      data.close();
    }
  }

  @Test
  void whoeverIsStillBeingLookedUpWhenTheListenerClosesIsNotLetIn() throws Exception {
    int port = passive("EPSV");
    Promise<Void> gate = ftp.holdOwners();
    Peer data = connectAndBeLookedUp(port);
    client.reset();
    await().until(() -> !ftp.ownListeners.contains(HERE, port));

    gate.setSuccess(null);

    assertThat(data.rest()).isEqualTo("RESET");
    assertThat(ftp.ssh.channels).hasSize(1);
  }

  @Test
  void dataThatTheServerDoesNotTakeAreReset() throws Exception {
    int port = passive("EPSV");
    serversPort.close();

    assertThat(fate("127.0.0.1", port)).isEqualTo("RESET");
  }

  @Test
  void beyondTheLimitOfConnectionsDataAreReset() throws Exception {
    while (ftp.limits.tryAcquire(HERE, Optional.empty())) {}
    assertThat(fate("127.0.0.1", passive("EPSV"))).isEqualTo("RESET");
  }
}
