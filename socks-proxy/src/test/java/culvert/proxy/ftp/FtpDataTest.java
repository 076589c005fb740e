package culvert.proxy.ftp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.ssh.SshFailure;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passive data connections, as the client and the FTP server see them. */
class FtpDataTest {
  private static final Pattern PASV =
      Pattern.compile("227 Entering Passive Mode \\(((?:\\d+,){4})(\\d+),(\\d+)\\)");

  @RegisterExtension final FtpFixture ftp = new FtpFixture();

  @BeforeEach
  void start() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
  }

  /** A control connection after its greeting, and the server's end of it. */
  private record Control(Peer client, Peer server) {

    /** Lets the server announce a port, and returns what the client is told. */
    String passive(String command, String reply) throws Exception {
      client.sendLine(command);
      assertThat(server.line()).isEqualTo(command);
      server.sendLine(reply);
      return client.line();
    }

    int epsv(int port) throws Exception {
      String line = passive("EPSV", "229 ok (|||" + port + "|)");
      Matcher matcher = Pattern.compile("229 .*\\(\\|\\|\\|(\\d+)\\|\\)").matcher(line);
      assertThat(matcher.matches()).as(line).isTrue();
      return Integer.parseInt(matcher.group(1));
    }
  }

  private Control tunnelled() throws Exception {
    return greeted(ftp.tunnel(Fallback.NONE));
  }

  private Control plain() throws Exception {
    return greeted(ftp.plain(FtpFixture.HOST));
  }

  private Control greeted(Peer client) throws Exception {
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 hi");
    return new Control(client, server);
  }

  private static String pasvReply(String address, int port) {
    return "227 ok (" + address.replace('.', ',') + "," + port / 256 + "," + port % 256 + ")";
  }

  private static String addressIn(String line) {
    Matcher matcher = PASV.matcher(line);
    assertThat(matcher.matches()).as(line).isTrue();
    return matcher.group(1).replaceAll(",$", "").replace(',', '.');
  }

  @Test
  void dataLiveWhereTheirTunnelDoes() throws Exception {
    Control control = tunnelled();
    for (int i = 1; i <= 3; i++) { // of which two come to another loop than that
      ServerSocket listener = ftp.listen();
      Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
      ftp.accept(listener).send("the file").close();
      assertThat(data.answer()).isZero();
      assertThat(data.answer()).isEqualTo('t');

      assertThat(ftp.clients.get(i).eventLoop()).isSameAs(ftp.ssh.loop());
      data.close();
    }
  }

  @Test
  void aDownloadTakesTheTunnelOfItsControlConnectionToTheSameTargetHost() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    int port = control.epsv(listener.getLocalPort());
    assertThat(port).isEqualTo(listener.getLocalPort());

    Peer data = ftp.data(FtpFixture.HOST, port);
    Peer serverData = ftp.accept(listener);
    assertThat(data.answer()).isZero();
    serverData.send("the file").close();

    assertThat(data.rest()).isEqualTo("the fileEOF");
    data.close();
    assertThat(ftp.ssh.channels).hasToString("[ftp.example:21, ftp.example:" + port + "]");
    assertThat(ftp.direct).isEmpty();
    await()
        .untilAsserted(
            () ->
                assertThat(ftp.recorded.get(1).events)
                    .containsExactly(
                        "routed ftp-data ftp-tunnel", "tunnelled gate:22 gate", "ended completed"));
    assertThat(ftp.recorded.get(1).job).as("of one job").isEqualTo(ftp.recorded.get(0).job);
  }

  @Test
  void aClientThatHangsUpOverItsRefusalHasNotAbortedAnything() throws Exception {
    Control control = tunnelled();
    int port = control.epsv(ftp.listen().getLocalPort());
    ftp.ssh.channelFailure = FakeSsh.failure(SshFailure.TARGET_UNREACHABLE);
    ftp.hangUpOnRefusal = true;
    ftp.data(FtpFixture.HOST, port);

    await()
        .untilAsserted(
            () -> assertThat(ftp.recorded.get(1).events).contains("ended upstream-failed"));
    assertThat(ftp.recorded.get(1).events).doesNotContain("ended client-aborted");
  }

  @Test
  void ofANameWithSeveralAddressesOneIsTakenForControlAndData() throws Exception {
    ftp.profile = TestProfiles.withoutHost(ftp.profile);
    InetAddress first = InetAddress.getByName("127.0.0.3");
    InetAddress second = InetAddress.getByName("127.0.0.2");
    ftp.names.put(FtpFixture.HOST, List.of(first, second));
    ftp.ssh.reachedAt = Optional.of(second);
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    int port = control.epsv(listener.getLocalPort());

    Peer data = ftp.data(FtpFixture.HOST, port);
    ftp.accept(listener).send("x").close();

    assertThat(data.answer()).isZero();
    assertThat(ftp.ssh.channels).hasToString("[127.0.0.2:21, 127.0.0.2:" + port + "]");
  }

  @Test
  void aNameWithAnAddressOfEachFamilyIsLeftToTheSshServer() throws Exception {
    ftp.profile = TestProfiles.withoutHost(ftp.profile);
    InetAddress four = InetAddress.getByName("127.0.0.3");
    ftp.names.put(FtpFixture.HOST, List.of(InetAddress.getByName("2001:db8::1"), four));
    ftp.ssh.reachedAt = Optional.of(four);

    tunnelled();

    assertThat(ftp.ssh.channels).hasToString("[ftp.example:21]");
  }

  @Test
  void aNameOfAnIpv6AddressIsLeftToTheSshServerForControlAndData() throws Exception {
    InetAddress six = InetAddress.getByName("2001:db8::1");
    ftp.names.put(FtpFixture.HOST, List.of(six));
    for (SshProfile profile : List.of(ftp.profile, TestProfiles.withoutHost(ftp.profile))) {
      ftp.profile = profile;
      ftp.ssh.reachedAt = profile.host().isPresent() ? Optional.empty() : Optional.of(six);
      Control control = tunnelled();
      ServerSocket listener = ftp.listen();

      Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));

      assertThat(data.answer()).isZero();
      ftp.accept(listener).send("x").close();
      assertThat(data.rest()).isEqualTo("xEOF");
      assertThat(ftp.ssh.channels)
          .hasSizeGreaterThanOrEqualTo(2)
          .allMatch(target -> target.host().equals(FtpFixture.HOST));
    }
  }

  @ParameterizedTest(name = "tunnelled: {0}")
  @ValueSource(booleans = {true, false})
  void dataGoToTheAnnouncedAddressWhereTheRuleSaysSo(boolean tunnelled) throws Exception {
    Optional<FtpHandling> announced =
        Optional.of(
            new FtpHandling(
                new FtpSettings(
                    FtpSettings.ActiveMode.PASSIVE,
                    FtpSettings.DataConnections.SOCKS,
                    FtpSettings.PassiveAddress.ANNOUNCED,
                    FtpSettings.AuthTls.REFUSE),
                false));
    Control control =
        greeted(
            ftp.control(
                FtpFixture.HOST,
                tunnelled
                    ? new Route.FtpTunnel(
                        "test", Optional.empty(), Fallback.NONE, announced.orElseThrow())
                    : new Route.Direct(announced)));
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.9"));
    int port = listener.getLocalPort();
    Socket nobody = new Socket(); // bound, so that nobody else listens there
    nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ftp.ssh.map(port, nobody.getLocalPort());
    control.passive("PASV", pasvReply("127.0.0.9", port));

    Peer data = ftp.data(FtpFixture.HOST, port);

    if (tunnelled) {
      await().until(() -> ftp.ssh.channels.toString().contains("127.0.0.9:" + port));
      assertThat(data.answer()).as("nothing listens where the fake server looks").isEqualTo(5);
    } else {
      ftp.accept(listener).send("x").close();
      assertThat(data.answer()).isZero();
      assertThat(data.rest()).isEqualTo("xEOF");
    }
    nobody.close();
    listener.close();
  }

  @Test
  void anUploadArrivesWhole() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    Peer serverData = ftp.accept(listener);
    assertThat(data.answer()).isZero();
    data.send("the file").sendEof();

    assertThat(serverData.rest()).isEqualTo("the fileEOF");
  }

  @Test
  void inPlaintextDataGoesToTheAddressThatControlHasReached() throws Exception {
    Control control = plain();
    ServerSocket listener = ftp.listen();
    String told = control.passive("PASV", pasvReply("192.0.2.99", listener.getLocalPort()));

    Peer data = ftp.data(addressIn(told), listener.getLocalPort());
    ftp.accept(listener).send("x").close();

    assertThat(data.answer()).isZero();
    assertThat(data.rest()).isEqualTo("xEOF");
    assertThat(ftp.direct).containsExactly(21, listener.getLocalPort());
  }

  @ParameterizedTest(name = "by {0}")
  @ValueSource(strings = {"FTP.Example.", "192.0.2.7", "::ffff:192.0.2.7", "127.0.0.1"})
  void theClientMayComeForItsDataUnderAnyAlias(String alias) throws Exception {
    ftp.names.put(FtpFixture.HOST, List.of(InetAddress.getByName("192.0.2.7")));
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    control.passive("PASV", pasvReply("192.0.2.99", listener.getLocalPort()));

    assertThat(ftp.data(alias, listener.getLocalPort()).answer()).isZero();
  }

  @Test
  void the227NamesTheLiteralAddressThatTheClientAskedFor() throws Exception {
    Control control =
        greeted(
            ftp.control(
                "127.0.0.1",
                new Route.FtpTunnel(
                    "test", Optional.empty(), Fallback.NONE, FtpHandling.STANDARD)));

    assertThat(addressIn(control.passive("PASV", pasvReply("10.0.0.1", 2000))))
        .isEqualTo("127.0.0.1");
  }

  @Test
  void the227NamesTheAddressThatTheNameResolvesTo() throws Exception {
    ftp.names.put(
        FtpFixture.HOST,
        List.of(
            InetAddress.getByName("2001:db8::1"),
            InetAddress.getByName("127.0.0.5"),
            InetAddress.getByName("192.0.2.7")));
    Control control = tunnelled();

    assertThat(addressIn(control.passive("PASV", pasvReply("10.0.0.1", 2000))))
        .isEqualTo("192.0.2.7");
  }

  @ParameterizedTest(name = "instead of {0}")
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "127.9.9.9", "10.0.0.1", "192.0.2.99"})
  void the227NamesAReservedAddressWhereTheNameResolvesToNone(String servers) throws Exception {
    ftp.names.clear();
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();

    String told = addressIn(control.passive("PASV", pasvReply(servers, listener.getLocalPort())));

    assertThat(told).startsWith("198.18.");
    assertThat(ftp.data(told, listener.getLocalPort()).answer()).isZero();
  }

  @ParameterizedTest(name = "tunnelled: {0}")
  @ValueSource(booleans = {true, false})
  void theServersWordForItsAddressMakesNothingAnybodysData(boolean tunnelled) throws Exception {
    Control control = tunnelled ? tunnelled() : plain();
    control.passive("PASV", pasvReply("192.0.2.99", 2000));

    assertThat(ftp.data("192.0.2.99", 2000).answer()).as("for the rules").isEqualTo(7);
    assertThat(ftp.expected.isHeld(InetAddress.getByName("192.0.2.99"), 2000)).isFalse();
  }

  @Test
  void aClientOfAnIpv6AddressIsToldAReservedAddressWhenItAsksWithPasv() throws Exception {
    Control control =
        greeted(
            ftp.control(
                "2001:db8::1",
                new Route.FtpTunnel(
                    "test", Optional.empty(), Fallback.NONE, FtpHandling.STANDARD)));
    ServerSocket listener = ftp.listen();

    String told =
        addressIn(control.passive("PASV", pasvReply("10.0.0.1", listener.getLocalPort())));

    assertThat(told).startsWith("198.18.");
    assertThat(ftp.expected.isHeld(InetAddress.getByName("10.0.0.1"), 2000)).isFalse();
    assertThat(ftp.data(told, listener.getLocalPort()).answer()).isZero();
    assertThat(control.epsv(3000)).isEqualTo(3000);
  }

  @Test
  void a229InAnswerToPasvReachesTheClientAsThe227ThatItWaitsFor() throws Exception {
    ftp.names.put(FtpFixture.HOST, List.of(InetAddress.getByName("192.0.2.7")));
    Control control = tunnelled();

    assertThat(addressIn(control.passive("PASV", "229 ok (|||2000|)"))).isEqualTo("192.0.2.7");
  }

  @Test
  void aSecondConnectionToAnAnnouncedPortIsRefusedUnderEveryAlias() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    int port = control.epsv(listener.getLocalPort());
    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isZero();

    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isEqualTo(2);
    assertThat(ftp.expected.isHeld(InetAddress.getLoopbackAddress(), port)).isTrue();
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void anotherSocksUserDoesNotGetTheData() throws Exception {
    Control control = tunnelled();
    int port = control.epsv(ftp.listen().getLocalPort());

    assertThat(ftp.dataAs("eve", FtpFixture.HOST, port).answer()).isEqualTo(2);
    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isZero();
  }

  @Test
  void inPlaintextASecondConnectionIsForTheRules() throws Exception {
    Control control = plain();
    ServerSocket listener = ftp.listen();
    int port = control.epsv(listener.getLocalPort());
    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isZero();

    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isEqualTo(7);
  }

  @Test
  void aPortIsHeldUntilTheSessionEnds() throws Exception {
    Control control = tunnelled();
    int port = control.epsv(2000);
    assertThat(ftp.expected.isHeld(InetAddress.getLoopbackAddress(), port)).isTrue();

    control.client().close();
    control.server().close();

    await()
        .untilAsserted(
            () ->
                assertThat(ftp.expected.isHeld(InetAddress.getLoopbackAddress(), port)).isFalse());
  }

  @Test
  void aPortIsHeldWhenTheTunnelIsGoneUntilTheClientIsGoneToo() throws Exception {
    Control control = tunnelled();
    int port = control.epsv(ftp.listen().getLocalPort());
    ftp.ssh.ended.setSuccess(FakeSsh.failure(SshFailure.SESSION_ENDED));
    assertThat(control.client().line()).startsWith("421 ");

    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isEqualTo(2);

    control.client().close();
    await()
        .untilAsserted(
            () ->
                assertThat(ftp.expected.isHeld(InetAddress.getLoopbackAddress(), port)).isFalse());
  }

  @Test
  void aPortIsHeldWhenTheClientLogsInAsAnotherUser() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PUBLICKEY);
    Peer client = ftp.tunnel(Fallback.NONE);
    assertThat(client.answer()).isZero();
    client.line();
    client.sendLine("USER bob");
    Peer server = ftp.server();
    server.sendLine("220 hi");
    server.line();
    server.sendLine("230 in");
    client.line();
    int port = new Control(client, server).epsv(ftp.listen().getLocalPort());
    client.sendLine("USER eve");
    ftp.server();

    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isEqualTo(2);
  }

  @Test
  void theFrontDoorsAnswerIsAFailureWhenTheServerDoesNotListen() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    int port = control.epsv(listener.getLocalPort());
    listener.close();

    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isEqualTo(5);
  }

  @Test
  void twoSessionsOfOneClientWithTheSamePortAreToldApart() throws Exception {
    Control first = tunnelled();
    Control second = tunnelled();
    ServerSocket listener = ftp.listen();
    int port = first.epsv(listener.getLocalPort());

    int other = second.epsv(listener.getLocalPort());

    assertThat(other).isNotEqualTo(port);
    assertThat(ftp.data(FtpFixture.HOST, other).answer()).isZero();
    ftp.accept(listener);
    assertThat(ftp.data(FtpFixture.HOST, port).answer()).isZero();
    assertThat(ftp.ssh.channels).last().hasToString("ftp.example:" + port);
  }

  @Test
  void anUploadThatTheClientBreaksOffIsAbortedBeforeItsChannelIsClosed() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    Peer serverData = ftp.accept(listener);
    data.answer();
    control.client().sendLine("STOR a");
    assertThat(control.server().line()).isEqualTo("STOR a");
    control.server().sendLine("150 go");
    assertThat(control.client().line()).isEqualTo("150 go");
    data.send("half");
    assertThat(serverData.answer()).isEqualTo('h');

    data.reset();

    assertThat(control.server().line()).isEqualTo("ABOR");
    control.server().sendLine("426 broken").sendLine("226 aborted");
    assertThat(serverData.rest()).doesNotEndWith("fEOF");
    assertThat(control.client().line()).isEqualTo("426 broken");
    control.client().sendLine("NOOP");
    assertThat(control.server().line()).isEqualTo("NOOP");
    control.server().sendLine("200 ok");
    assertThat(control.client().line()).isEqualTo("200 ok");
  }

  @Test
  void anUploadThatIsBrokenOffBeforeItsDataConnectionStandsIsAbortedToo() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    int port = control.epsv(listener.getLocalPort());
    Promise<Void> channels = ftp.ssh.holdChannels();
    Peer data = ftp.data(FtpFixture.HOST, port);
    control.client().sendLine("STOR a");
    assertThat(control.server().line()).isEqualTo("STOR a");
    await().untilAsserted(() -> assertThat(ftp.ssh.channels).hasSize(2));

    data.reset();
    ftp.clients.get(1).close().syncUninterruptibly(); // noticed only where somebody reads
    channels.setSuccess(null);

    assertThat(control.server().line()).isEqualTo("ABOR");
    control.server().sendLine("150 go").sendLine("226 complete").sendLine("225 nothing to abort");
    assertThat(control.client().line()).isEqualTo("150 go");
    assertThat(control.client().line()).startsWith("426 ");
  }

  @Test
  void aServerThatTakesTheFragmentForTheFileIsNotBelieved() throws Exception {
    ftp.abortPatience(Duration.ofMillis(300));
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    Peer serverData = ftp.accept(listener);
    data.answer();
    control.client().sendLine("STOR a");
    control.server().line();
    control.server().sendLine("150 go");
    control.client().line();

    data.reset();

    assertThat(control.server().line()).isEqualTo("ABOR");
    serverData.rest(); // closed although the ABOR was not answered
    control.server().sendLine("226 Transfer complete").sendLine("225 nothing to abort");
    assertThat(control.client().line()).startsWith("426 ");
  }

  @Test
  void anUploadThatTheServerBreaksOffEndsWithTheServersOwnWords() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    Peer serverData = ftp.accept(listener);
    data.answer();
    control.client().sendLine("STOR a");
    control.server().line();

    serverData.reset();
    assertThat(data.rest()).isEqualTo("RESET");
    control.server().sendLine("552 disk full");

    assertThat(control.client().line()).isEqualTo("552 disk full");
    control.client().sendLine("NOOP");
    assertThat(control.server().line()).isEqualTo("NOOP");
  }

  @Test
  void aClientThatDoesNotReadItsRepliesStopsTheServer() throws Exception {
    Control control = tunnelled();
    control.client().sendLine("STAT /");
    control.server().line();
    control.server().sendLine("213-listing");
    byte[] block = ("x".repeat(998) + "\r\n").repeat(64).getBytes(ISO_8859_1);
    control.server().socket.getOutputStream().flush();

    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 1000; i++) {
                  control.server().socket.getOutputStream().write(block);
                }
                control.server().sendLine("213 end");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.start();
    writer.join(500);
    assertThat(writer.isAlive()).as("the server is held back").isTrue();

    String line = control.client().line();
    int lines = 0;
    for (; !line.equals("213 end"); line = control.client().line()) {
      lines++;
    }
    assertThat(lines).isEqualTo(64_001);
    writer.join(60_000);
  }

  @Test
  void aClientThatDiesWithItsUploadIsNotTakenForOneThatHasFinished() throws Exception {
    ftp.abortPatience(Duration.ofMillis(300));
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    ftp.accept(listener);
    data.answer();
    control.client().sendLine("STOR a");
    control.server().line();

    control.client().reset();

    assertThat(control.server().line()).isEqualTo("ABOR");
    assertThat(control.server().line()).isEqualTo("EOF");
  }

  @Test
  void theAnswerToTheAbortOfAClientThatIsGoneIsHeard() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    ftp.accept(listener);
    data.answer();
    control.client().sendLine("STOR a");
    control.server().line();

    control.client().reset();

    assertThat(control.server().line()).isEqualTo("ABOR");
    control.server().send("426 cut short\r\n226 aborted\r\n"); // unread, the rest would be a reset
    assertThat(control.server().line()).isEqualTo("EOF");
  }

  /** Whichever of the two ends is heard of first. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"reset", "half-close", "QUIT"})
  void anAbortedUploadsDataWaitWhenTheClientGoesToo(String how) throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    Peer serverData = ftp.accept(listener);
    data.answer();
    control.client().sendLine("STOR a");
    control.server().line();
    data.reset();
    assertThat(control.server().line()).isEqualTo("ABOR");

    switch (how) {
      case "reset" -> control.client().reset();
      case "half-close" -> control.client().sendEof();
      default -> control.client().sendLine("QUIT");
    }

    assertThat(serverData.isSilent()).isTrue();
    if (how.equals("QUIT")) {
      assertThat(control.server().line()).isEqualTo("QUIT");
    }
    control.server().send("426 cut short\r\n226 aborted\r\n");
    assertThat(serverData.rest()).isIn("EOF", "RESET");
  }

  @Test
  void anAbortThatTheServerDoesNotReadCutsTheDataConnection() throws Exception {
    ftp.abortPatience(Duration.ofMillis(300));
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    Peer serverData = ftp.accept(listener);
    data.answer();
    control.client().sendLine("RETR a");
    control.server().line();
    control.server().sendLine("150 go");
    control.client().line();
    serverData.send("some of it");

    control.client().send("\u00ff\u00f4\u00ff\u00f2ABOR\r\n");

    assertThat(control.server().line()).isEqualTo("ABOR");
    assertThat(data.rest()).endsWith("RESET");
    control.server().sendLine("426 cut").sendLine("226 aborted");
    assertThat(control.client().line()).isEqualTo("426 cut");
    assertThat(control.client().line()).isEqualTo("226 aborted");
  }

  @Test
  void dataGoesOnWhenTheControlConnectionHasEnded() throws Exception {
    Control control = tunnelled();
    ServerSocket listener = ftp.listen();
    Peer data = ftp.data(FtpFixture.HOST, control.epsv(listener.getLocalPort()));
    Peer serverData = ftp.accept(listener);
    data.answer();
    control.client().close();
    control.server().close();

    serverData.send("all of it").close();

    assertThat(data.rest()).isEqualTo("all of itEOF");
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }
}
