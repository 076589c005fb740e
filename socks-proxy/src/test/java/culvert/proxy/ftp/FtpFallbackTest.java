package culvert.proxy.ftp;

import static culvert.proxy.ftp.FtpFixture.logIn;
import static culvert.proxy.ftp.FtpFixture.serveLogin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.Fallback;
import culvert.config.FallbackReason;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leads into plaintext, and what does not: fallbacks and pins. */
class FtpFallbackTest {
  @RegisterExtension final FtpFixture ftp = new FtpFixture();

  @Test
  void anonymousUsersFallBackWhereThatIsAllowed() throws Exception {
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    client.line();
    client.sendLine("USER anonymous");
    client.line();
    client.sendLine("PASS me@example.org");
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("USER anonymous");
    server.sendLine("230 in");

    assertThat(client.line()).isEqualTo("230 in");
    assertThat(ftp.ssh.logins).isEmpty();
    assertThat(ftp.recorded.get(0).events)
        .containsExactly("tunnel failed NO_IDENTITY", "fell back no-identity");
  }

  @Test
  void anSshServerThatIsNotReachedFallsBackBeforeTheAnswerAndTheRealGreetingIsRelayed()
      throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    Peer server = ftp.server();
    server.sendLine("220 real");

    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 real");
    client.sendLine("USER bob");
    assertThat(server.line()).isEqualTo("USER bob");
    assertThat(ftp.recorded.get(0).events)
        .containsExactly("tunnel failed CONNECTION_REFUSED", "fell back unreachable");
    server.sendLine("530 no");
    assertThat(client.line()).isEqualTo("530 no");
    client.sendLine("USER amy");
    assertThat(server.line()).isEqualTo("USER amy");
    server.sendLine("230 in");
    assertThat(client.line()).isEqualTo("230 in");
    assertThat(ftp.recorded.get(0).users).containsExactly("amy");
  }

  @Test
  void whereTheFtpServerIsDownTooTheFrontDoorFails() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    ftp.ftpServer.close();

    assertThat(ftp.tunnel(Fallback.PLAIN).answer()).isEqualTo(5);
    ftp.awaitEnd(0, "ended upstream-failed");
    assertThat(ftp.recorded.get(0).events)
        .as("nothing has gone in plaintext")
        .containsExactly("tunnel failed CONNECTION_REFUSED", "ended upstream-failed");
    assertThat(ftp.recorded.get(0).refusals)
        .hasSize(1)
        .allSatisfy(
            refusal ->
                assertThat(refusal)
                    .startsWith("unreachable: ")
                    .endsWith(
                        "connection refused; and no tunnel: ssh server gate:22:"
                            + " CONNECTION_REFUSED"));
  }

  @Test
  void aPinnedDestinationDoesNotFallBackBecauseTheSshServerIsNotReached() throws Exception {
    ftp.pinned.add(FtpFixture.HOST);
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);

    assertThat(ftp.tunnel(Fallback.PLAIN).answer()).isEqualTo(5);
    assertThat(ftp.direct).isEmpty();
    ftp.awaitEnd(0, "ended upstream-failed");
    assertThat(ftp.recorded.get(0).events)
        .containsExactly(
            "tunnel failed CONNECTION_REFUSED", "kept from plaintext", "ended upstream-failed");
  }

  @ParameterizedTest(name = "{0} in plaintext: {1}")
  @CsvSource({"TIMED_OUT, false", "NOT_SSH, false", "AUTH_FAILED, true", "NO_IDENTITY, true"})
  void onlyWhatAVerifiedServerSaysLeadsAPinnedDestinationIntoPlaintext(
      SshFailure failure, boolean plaintext) throws Exception {
    ftp.pinned.add(FtpFixture.HOST);
    ftp.ssh.loginFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    if (plaintext) {
      serveLogin(ftp.server());
      assertThat(client.line()).isEqualTo("230-Welcome");
    } else {
      assertThat(client.line()).startsWith("421 culvert: ").endsWith(" (pinned)");
      assertThat(ftp.direct).isEmpty();
    }
  }

  @Test
  void whoLeavesWhileThePinsAreReadCausesNoPlaintext() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2)); // nobody notices before
    Promise<Void> gate = GlobalEventExecutor.INSTANCE.newPromise();
    ftp.pinGate = gate;
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.TIMED_OUT);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    await().until(() -> ftp.recorded.get(0).events.contains("tunnel failed TIMED_OUT"));

    client.close();
    await().until(() -> ftp.clients.stream().noneMatch(channel -> channel.isOpen()));
    gate.setSuccess(null);

    assertThat(ftp.direct).isEmpty();
  }

  /** Least of all one for plaintext. */
  @Test
  void aDefectOnTheWayIsNoVerdictOnTheTunnel() throws Exception {
    ftp.pinsDefective = true;
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    client.line();
    client.sendLine("USER bob").sendLine("PASS secret");

    assertThat(client.rest()).endsWith("RESET");
    ftp.awaitEnd(0, "ended internal-error");
    assertThat(ftp.direct).isEmpty();
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"on the way", "at the login", "of a channel"})
  void aDefectOfTheTransportIsNamedOneAndLeadsToNoPlaintext(String where) throws Exception {
    SshException defect = SshException.of(new IllegalStateException("it was a defect"));
    switch (where) {
      case "on the way" -> ftp.ssh.reachFailure = defect;
      case "at the login" -> ftp.ssh.loginFailure = defect;
      default -> ftp.ssh.channelFailure = defect;
    }
    Peer client = ftp.tunnel(Fallback.PLAIN);
    if (!where.equals("on the way")) {
      client.answer();
      client.line();
      client.sendLine("USER bob").sendLine("PASS secret");
    }

    assertThat(client.rest()).endsWith("RESET");
    ftp.awaitEnd(0, "ended internal-error");
    assertThat(ftp.recorded.get(0).events).noneMatch(event -> event.startsWith("tunnel failed"));
    assertThat(ftp.direct).isEmpty();
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @Test
  void aTunnelPinsItsDestination() throws Exception {
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.pinned).containsExactly(FtpFixture.HOST);
    assertThat(ftp.recorded.get(0).users).as("let in").containsExactly("bob");
  }

  @Test
  void aDestinationThatTheClientDidNotNameIsNotPinned() throws Exception {
    ftp.destinationsNamed = false;
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(ftp.ssh.channels).isNotEmpty();
    assertThat(ftp.pinned).isEmpty();
  }

  @Test
  void aLoginThatWeCouldNotFinishLeadsToNoPlaintext() throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.LOGIN_UNFINISHED);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    assertThat(client.line()).isEqualTo("530 culvert: ssh server gate:22: LOGIN_UNFINISHED");
    assertThat(ftp.direct).isEmpty();
  }

  @ParameterizedTest(name = "{0} falls back: {1}")
  @CsvSource({"AUTH_FAILED, auth-failed", "NOT_SSH, unreachable", "TIMED_OUT, unreachable"})
  void aFailedLoginFallsBackWithTheLoginReplayedInPlaintext(SshFailure failure, String reason)
      throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.recorded.get(0).events).contains("fell back " + reason);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"FORWARDING_REFUSED, forwarding-refused", "TARGET_UNREACHABLE, target-unreachable"})
  void aRefusedChannelFallsBackAndGivesTheLeaseBack(SshFailure failure, String reason)
      throws Exception {
    ftp.ssh.channelFailure = FakeSsh.failure(failure);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.recorded.get(0).events).contains("fell back " + reason);
    assertThat(ftp.ssh.leases).hasValue(0);
  }

  @Test
  void aBadHostKeyNeverFallsBack() throws Exception {
    ftp.ssh.readyFailure = FakeSsh.failure(SshFailure.HOST_KEY);
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    assertThat(client.rest()).isEqualTo("530 culvert: ssh server gate:22: HOST_KEY\r\nEOF");
    assertThat(ftp.ssh.logins).isEmpty();
    assertThat(ftp.direct).isEmpty();
  }

  @Test
  void anSshServerThatHangsFallsBackInTime() throws Exception {
    ftp.patience(Duration.ofSeconds(1), FtpFixture.NEVER);
    ftp.ssh.hangs = true;
    Peer client = ftp.tunnel(Fallback.PLAIN);
    assertThat(client.answer()).isZero();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
  }

  @Test
  void anFtpServerThatIsNotReachedThroughAGoodTunnelFallsBackInTime() throws Exception {
    ftp.patience(Duration.ofSeconds(1), FtpFixture.NEVER);
    ftp.ssh.holdChannels();
    Peer client =
        ftp.tunnel(
            new Fallback(Set.of(FallbackReason.AUTH_FAILED, FallbackReason.TARGET_UNREACHABLE)));
    client.answer();
    logIn(client);
    serveLogin(ftp.server());

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(ftp.recorded.get(0).events)
        .containsExactly("tunnel failed TARGET_UNREACHABLE", "fell back target-unreachable");
  }

  @Test
  void aSilenceInTheTunnelLeadsNoPinnedDestinationToPlaintext() throws Exception {
    ftp.patience(Duration.ofSeconds(1), FtpFixture.NEVER);
    ftp.pinned.add(FtpFixture.HOST);
    ftp.ssh.holdChannels();
    Peer client = ftp.tunnel(Fallback.PLAIN);
    client.answer();
    logIn(client);

    assertThat(client.rest()).startsWith("421 culvert: FTP server ftp.example:21 not reached");
    assertThat(ftp.direct).isEmpty();
  }
}
