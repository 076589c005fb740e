package culvert.proxy.ftp;

import static culvert.proxy.ftp.FtpFixture.serveUser;
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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code USER name@host}: the rules decide about a destination that the client names late. */
class UserAtHostTest {
  private static final String PROXY = "ftpproxy.example"; // what the front door was asked for
  private static final FtpHandling USER_AT_HOST = new FtpHandling(FtpSettings.STANDARD, true);
  private static final Route PLAIN = new Route.Direct(Optional.of(FtpHandling.STANDARD));

  @RegisterExtension final FtpFixture ftp = new FtpFixture();

  private static Route tunnel(Fallback fallback, FtpHandling handling) {
    return new Route.FtpTunnel("test", Optional.empty(), fallback, handling);
  }

  private Peer greeted() throws Exception {
    Peer client = ftp.control(PROXY, tunnel(Fallback.NONE, USER_AT_HOST));
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    return client;
  }

  @Test
  void theTunnelLeadsToTheHostThatWasNamedAndTheServerHearsTheNameAlone() throws Exception {
    ftp.routes.put("ftp.example:2121", tunnel(Fallback.NONE, FtpHandling.STANDARD));
    ftp.ssh.map(2121, ftp.ftpServer.getLocalPort());
    Peer client = greeted();

    client.sendLine("USER bob@mail@ftp.example:2121");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
    serveUser(ftp.server(), "bob@mail", "secret", "230 In.");

    assertThat(client.line()).isEqualTo("230 In.");
    assertThat(ftp.ssh.logins).containsExactly("bob@mail:secret");
    assertThat(ftp.ssh.channels).hasToString("[ftp.example:2121]");
    assertThat(ftp.recorded.get(0).events)
        .containsExactly(
            "destination named ftp.example:2121 default-action ftp-tunnel",
            "tunnelled gate:22 bob@mail");
  }

  @Test
  void aRuleWithUserAtHostThatMatchesAgainStands() throws Exception {
    ftp.routes.put("ftp.example:21", tunnel(Fallback.NONE, USER_AT_HOST));
    Peer client = greeted();

    client.send("USER bob@ftp.example\r\nPASS secret\r\n");
    serveUser(ftp.server(), "bob", "secret", "230 In.");

    assertThat(client.line()).startsWith("331 ");
    assertThat(client.line()).isEqualTo("230 In.");
  }

  @Test
  void withoutAHostTheRequestedDestinationStands() throws Exception {
    Peer client = greeted();

    client.sendLine("USER bob");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
    serveUser(ftp.server(), "bob", "secret", "230 In.");

    assertThat(client.line()).isEqualTo("230 In.");
    assertThat(ftp.ssh.channels).hasToString("[ftpproxy.example:21]");
  }

  @Test
  void inPlaintextTheServerAsksForThePasswordItself() throws Exception {
    ftp.routes.put("ftp.example:21", PLAIN);
    Peer client = greeted();

    client.sendLine("USER bob@ftp.example");
    Peer server = ftp.server();
    server.sendLine("220 ready");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 the server's own words");

    assertThat(client.line()).isEqualTo("331 the server's own words");
    assertThat(ftp.ssh.logins).isEmpty();
    assertThat(ftp.direct).containsExactly(21);
  }

  @Test
  void aProfileThatNeedsNothingFromFtpIsLoggedInWithAtOnce() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    ftp.routes.put("ftp.example:21", tunnel(Fallback.NONE, FtpHandling.STANDARD));
    Peer client = greeted();

    client.sendLine("USER anonymous@ftp.example");
    Peer server = ftp.server();
    server.sendLine("220 ready");
    assertThat(server.line()).isEqualTo("USER anonymous");
    server.sendLine("331 e-mail?");

    assertThat(client.line()).isEqualTo("331 e-mail?");
    assertThat(ftp.ssh.logins).containsExactly("gate");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"anonymous", "Anonymous", "FTP"})
  void anAnonymousUsersEMailAddressIsNoPasswordForSsh(String user) throws Exception {
    ftp.routes.put("ftp.example:21", tunnel(Fallback.NONE, FtpHandling.STANDARD));
    Peer client = greeted();

    client.sendLine("USER " + user + "@ftp.example");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS me@example.org");

    assertThat(client.line()).startsWith("530 culvert: nothing to log in with");
    assertThat(ftp.ssh.logins).isEmpty();
  }

  @Test
  void aTunnelForBytesIsOneForFtpHere() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    ftp.routes.put("ftp.example:21", new Route.Tunnel("test", Optional.empty(), Fallback.NONE));
    Peer client = greeted();

    client.sendLine("USER bob@ftp.example");
    ftp.server().sendLine("220 ready");

    await().untilAsserted(() -> assertThat(ftp.ssh.channels).hasToString("[ftp.example:21]"));
  }

  @Test
  void aBlockedDestinationIsA530AndAnotherMayBeNamed() throws Exception {
    ftp.routes.put("ftp.example:21", PLAIN);
    Peer client = greeted();

    client.sendLine("USER bob@secret.example");
    assertThat(client.line()).isEqualTo("530 culvert: secret.example:21: not allowed");
    client.sendLine("USER bob@ftp.example");
    ftp.server().sendLine("220 ready");

    assertThat(ftp.recorded.get(0).events)
        .containsExactly(
            "destination named secret.example:21 default-action block",
            "destination named ftp.example:21 default-action direct");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"a b", "a_b/c", "h\u00a0", "224.0.0.1", "[::]", "[::1::2]:21", "-..-"})
  void whatIsNoHostIsA530AndAnotherMayBeNamed(String host) throws Exception {
    ftp.routes.put("ftp.example:21", PLAIN);
    Peer client = greeted();

    client.sendLine("USER bob@" + host);
    assertThat(client.line()).startsWith("530 culvert: USER name@host[:port]: ");
    client.sendLine("USER bob@ftp.example");

    assertThat(ftp.server().sendLine("220 ready").line()).isEqualTo("USER bob");
  }

  @Test
  void aPortThatIsNoneIsA501() throws Exception {
    Peer client = greeted();

    client.sendLine("USER bob@ftp.example:x");

    assertThat(client.line()).startsWith("501 culvert: USER name@host[:port]: ftp.example:x (");
  }

  @Test
  void aDefectOfTheRulesEndsTheSessionAndShows() throws Exception {
    ftp.defective.add("ftp.example:21");
    Peer client = greeted();

    client.sendLine("USER bob@ftp.example");

    assertThat(client.rest()).isEqualTo("RESET");
    await()
        .untilAsserted(
            () -> assertThat(ftp.recorded.get(0).events).last().isEqualTo("ended internal-error"));
  }

  @Test
  void anotherUserStartsOverWithAnotherDestination() throws Exception {
    ftp.routes.put("one.example:21", PLAIN);
    ftp.routes.put("two.example:21", tunnel(Fallback.NONE, FtpHandling.STANDARD));
    ftp.names.put("one.example", List.of(InetAddress.getLoopbackAddress()));
    Peer client = greeted();
    client.sendLine("USER bob@one.example");
    Peer first = ftp.server().sendLine("220 ready");
    first.line();
    first.sendLine("230 In.");
    assertThat(client.line()).isEqualTo("230 In.");

    client.sendLine("USER eve@two.example");
    assertThat(client.line()).startsWith("331 ");
    assertThat(first.line()).isEqualTo("EOF");
    client.sendLine("PASS secret");
    serveUser(ftp.server(), "eve", "secret", "230 In.");

    assertThat(client.line()).isEqualTo("230 In.");
    assertThat(ftp.ssh.channels).hasToString("[two.example:21]");
  }

  @Test
  void aDestinationThatIsNotReachedThroughSshFallsBackAsItsOwnRuleSays() throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.AUTH_FAILED);
    ftp.routes.put("ftp.example:21", tunnel(Fallback.PLAIN, FtpHandling.STANDARD));
    Peer client = greeted();

    client.send("USER bob@ftp.example\r\nPASS secret\r\n");
    serveUser(ftp.server(), "bob", "secret", "230 In.");

    assertThat(client.line()).startsWith("331 ");
    assertThat(client.line()).isEqualTo("230 In.");
    assertThat(ftp.recorded.get(0).events).last().isEqualTo("fell back auth-failed");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {PROXY, "ftp.example"})
  void dataTakesTheWayToTheHostThatWasNamedWhicheverNameTheClientUses(String name)
      throws Exception {
    ftp.routes.put("ftp.example:21", tunnel(Fallback.NONE, FtpHandling.STANDARD));
    Peer client = greeted();
    client.send("USER bob@ftp.example\r\nPASS secret\r\n");
    Peer server = ftp.server();
    serveUser(server, "bob", "secret", "230 In.");
    client.line();
    client.line();
    try (ServerSocket listener = ftp.listen()) {
      client.sendLine("EPSV");
      assertThat(server.line()).isEqualTo("EPSV");
      server.sendLine("229 ok (|||" + listener.getLocalPort() + "|)");
      assertThat(client.line()).contains("|||" + listener.getLocalPort() + "|");

      Peer data = ftp.data(name, listener.getLocalPort());

      assertThat(data.answer()).isZero();
      ftp.accept(listener).send("x").sendEof();
      assertThat(data.rest()).isEqualTo("xEOF");
      assertThat(ftp.ssh.channels).last().hasToString("ftp.example:" + listener.getLocalPort());
    }
  }

  @Test
  void the227NamesTheAddressThatTheClientAskedTheFrontDoorFor() throws Exception {
    ftp.routes.put("ftp.example:21", tunnel(Fallback.NONE, FtpHandling.STANDARD));
    Peer client = ftp.control("192.0.2.77", tunnel(Fallback.NONE, USER_AT_HOST));
    client.answer();
    client.line();
    client.send("USER bob@ftp.example\r\nPASS secret\r\n");
    Peer server = ftp.server();
    serveUser(server, "bob", "secret", "230 In.");
    client.line();
    client.line();

    client.sendLine("PASV");
    assertThat(server.line()).isEqualTo("PASV");
    server.sendLine("227 ok (10,0,0,1,200,1)");

    assertThat(client.line()).contains("192,0,2,77,200,1");
  }

  @Test
  void aClientThatEndsWhileTheRulesDecideLeavesNothingBehind() throws Exception {
    ftp.routes.put("ftp.example:21", tunnel(Fallback.NONE, FtpHandling.STANDARD));
    Peer client = greeted();

    client.sendLine("USER bob@ftp.example");
    client.reset();

    await()
        .untilAsserted(
            () -> assertThat(ftp.recorded.get(0).events).last().isEqualTo("ended client-aborted"));
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"USER bob@ftp.example", "REIN"})
  void afterAnonymousPlaintextTheNextLoginGoesThroughTheTunnel(String command) throws Exception {
    ftp.routes.put("ftp.example:21", tunnel(Fallback.PLAIN, FtpHandling.STANDARD));
    Peer client = greeted();
    client.sendLine("USER anonymous@ftp.example").sendLine("PASS secret");
    assertThat(client.line()).startsWith("331 ");
    Peer plain = ftp.server();
    serveUser(plain, "anonymous", "secret", "230 In.");
    assertThat(client.line()).isEqualTo("230 In.");

    client.sendLine(command);
    assertThat(plain.line()).isEqualTo("EOF");
    if (command.equals("REIN")) {
      assertThat(client.line()).startsWith("220 ");
      client.sendLine("USER bob@ftp.example");
    }
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
    serveUser(ftp.server(), "bob", "secret", "230 In.");

    assertThat(client.line()).isEqualTo("230 In.");
    assertThat(ftp.ssh.logins).containsExactly("bob:secret");
    assertThat(ftp.direct).containsExactly(21);
  }
}
