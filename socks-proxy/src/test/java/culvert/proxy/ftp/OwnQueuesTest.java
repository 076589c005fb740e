package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.SshUser;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.ssh.SshFailure;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * FTP sessions whose names wait in Culvert's own queue, or were decided about without an address:
 * neither leads to plaintext, nor to an address that nobody has decided about.
 */
class OwnQueuesTest {
  private static final FtpHandling USER_AT_HOST = new FtpHandling(FtpSettings.STANDARD, true);
  private static final Route PLAIN = new Route.Direct(Optional.of(FtpHandling.STANDARD));

  @RegisterExtension final FtpFixture ftp = new FtpFixture();

  private static Route tunnel(Fallback fallback) {
    return new Route.FtpTunnel("test", Optional.empty(), fallback, FtpHandling.STANDARD);
  }

  private Peer typed(Peer client) throws Exception {
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    client.sendLine("USER bob");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
    return client;
  }

  private void noPlaintext() {
    assertThat(ftp.direct).isEmpty();
    assertThat(ftp.recorded.get(0).events).noneMatch(event -> event.startsWith("fell back"));
  }

  @Test
  void aLoginThatWasHeldUpHereDoesNotFallBack() throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.HELD_UP);
    Peer client = typed(ftp.tunnel(Fallback.PLAIN));

    assertThat(client.line()).startsWith("421 ");
    noPlaintext();
  }

  @Test
  void aConnectionThatWasHeldUpHereIsAFailureOfTheFrontDoor() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.HELD_UP);

    assertThat(ftp.tunnel(Fallback.PLAIN).answer()).isEqualTo(1);
    noPlaintext();
  }

  @Test
  void aPreparationThatWasHeldUpHereIsNoReasonEither() throws Exception {
    ftp.ssh.readyFailure = FakeSsh.failure(SshFailure.HELD_UP);
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.HELD_UP);
    Peer client = typed(ftp.tunnel(Fallback.PLAIN));

    assertThat(client.line()).startsWith("421 ");
    noPlaintext();
  }

  @Test
  void timeInOurQueuesIsNotTakenFromTheServers() throws Exception {
    ftp.patience(Duration.ofSeconds(1), Duration.ofSeconds(4));
    Peer client = ftp.tunnel(Fallback.PLAIN);
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    ftp.ssh.hangs = true;
    ftp.ssh.heldUp = FtpFixture.NEVER; // all of it
    client.send("USER bob\r\nPASS secret\r\n");
    assertThat(client.line()).startsWith("331 ");

    assertThat(client.line()).startsWith("421 ").contains("held up here");
    noPlaintext();
    assertThat(ftp.recorded.get(0).events).contains("tunnel failed HELD_UP");
  }

  @Test
  void aLoginThatWasLeftUndoneDoesNotMakeItsServerUnreachable() throws Exception {
    ftp.patience(Duration.ofSeconds(1), Duration.ofSeconds(4));
    Peer client = ftp.tunnel(Fallback.PLAIN);
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    ftp.ssh.hangs = true;
    ftp.ssh.unfinished = Optional.of(FakeSsh.failure(SshFailure.LOGIN_UNFINISHED));
    client.send("USER bob\r\nPASS secret\r\n");
    assertThat(client.line()).startsWith("331 ");

    assertThat(client.line()).startsWith("530 ");
    noPlaintext();
    assertThat(ftp.recorded.get(0).events).contains("tunnel failed LOGIN_UNFINISHED");
  }

  @Test
  void aServerThatHasHadItsTimeIsUnreachableAllTheSame() throws Exception {
    ftp.patience(Duration.ofSeconds(1), FtpFixture.NEVER);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    ftp.ssh.hangs = true;
    ftp.ssh.heldUp = Duration.ofMillis(300);
    client.send("USER bob\r\nPASS secret\r\n");
    Peer server = ftp.server();

    server.sendLine("220 plain");
    assertThat(server.line()).isEqualTo("USER bob");
  }

  @Test
  void anOwnServerWhoseNameNobodyHasLookedUpHasNoPlaintext() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    ftp.notLookedUp.add(FtpFixture.HOST); // neither do we know whether it is pinned

    assertThat(ftp.tunnel(Fallback.PLAIN).answer()).isEqualTo(1);
    noPlaintext();
  }

  @Test
  void aNameInTheQueueIsNoUnknownName() throws Exception {
    ftp.notLookedUp.add(FtpFixture.HOST);
    assertThat(ftp.plain(FtpFixture.HOST).answer()).isEqualTo(1);

    assertThat(ftp.plain("unknown.example").answer()).isEqualTo(4);
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void whatThePinsWereAskedAboutIsWhatIsConnected() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    Promise<Void> pins = ImmediateEventExecutor.INSTANCE.newPromise();
    ftp.pinGate = pins;
    Peer client = ftp.tunnel(Fallback.PLAIN);
    await().until(() -> !ftp.pinsAsked.isEmpty());
    assertThat(ftp.pinsAsked).containsExactly(InetAddress.getLoopbackAddress());
    ftp.names.put(FtpFixture.HOST, List.of(NetUtil.LOCALHOST6)); // a pinned one, for all they know
    pins.setSuccess(null);
    ftp.server().sendLine("220 plain");

    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 plain");
  }

  // Decided without an address

  @Test
  void aDirectRouteThatWasDecidedWithoutAnAddressFindsNone() throws Exception {
    Peer client = ftp.control(FtpFixture.HOST, PLAIN, new DestinationAddress.Unresolvable());

    assertThat(client.answer()).isEqualTo(4);
    assertThat(ftp.direct).isEmpty();
    assertThat(ftp.asked).doesNotContain(FtpFixture.HOST);
  }

  @Test
  void aFallbackThatWasDecidedWithoutAnAddressFindsNone() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    Peer client =
        ftp.control(FtpFixture.HOST, tunnel(Fallback.PLAIN), new DestinationAddress.Unresolvable());

    assertThat(client.answer()).isEqualTo(4);
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void aDestinationThatIsNamedLateFindsNoAddressThatCameMeanwhile() throws Exception {
    ftp.unresolvable.add("ftp.example:21"); // the rules have asked, and got nothing
    ftp.routes.put("ftp.example:21", PLAIN);
    Peer client = ftp.control("ftpproxy.example", userAtHost());
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    client.sendLine("USER bob@ftp.example"); // which now leads to this host

    assertThat(client.line()).startsWith("421 ").contains("name unknown");
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void aLatePasswordGoesToNoServerThatWasUnknownWhenItWasDecided() throws Exception {
    ftp.profile =
        TestProfiles.withoutHost(TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PASSWORD));
    ftp.unresolvable.add("ftp.example:21");
    ftp.routes.put("ftp.example:21", tunnel(Fallback.NONE));
    Peer client = ftp.control("ftpproxy.example", userAtHost());
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    client.sendLine("USER bob@ftp.example");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
    await().until(() -> !ftp.ssh.specs.isEmpty());

    assertThat(ftp.ssh.specs).noneMatch(spec -> spec.server().resolvedHere());
  }

  @Test
  void aGatewayMayKnowWhatNobodyHereDoes() throws Exception {
    Peer client =
        ftp.control(FtpFixture.HOST, tunnel(Fallback.NONE), new DestinationAddress.Unresolvable());
    typed(client);
    Peer server = ftp.server();
    server.sendLine("220 ready");

    assertThat(server.line()).isEqualTo("USER bob");
    assertThat(ftp.ssh.channels).hasToString("[ftp.example:21]");
    assertThat(ftp.asked).doesNotContain(FtpFixture.HOST);
  }

  @Test
  void theHostsOwnSshServerIsOneThatNobodyHereResolves() throws Exception {
    ftp.profile =
        TestProfiles.withoutHost(TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PASSWORD));
    Peer client =
        ftp.control(FtpFixture.HOST, tunnel(Fallback.NONE), new DestinationAddress.Unresolvable());
    typed(client);
    await().until(() -> !ftp.ssh.specs.isEmpty());

    assertThat(ftp.ssh.specs).allMatch(spec -> !spec.server().resolvedHere());
  }

  @Test
  void aDestinationThatTheRulesCannotDecideIsRefused() throws Exception {
    ftp.undecided.add("ftp.example:21");
    Peer client = ftp.control("ftpproxy.example", userAtHost());
    assertThat(client.answer()).isZero();
    assertThat(client.line()).startsWith("220 ");
    client.sendLine("USER bob@ftp.example");

    assertThat(client.line()).matches("[45]\\d\\d .*busy, try again later.*");
    noPlaintext();
  }

  private static Route userAtHost() {
    return new Route.FtpTunnel("test", Optional.empty(), Fallback.NONE, USER_AT_HOST);
  }
}
