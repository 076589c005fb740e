package culvert.it;

import static culvert.it.TestFile.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code proxy-jump}: a client, SOCKS, two hops and an inner sshd, vsftpd. Each sshd has a host key
 * of its own; root logs in at the bastion with a key, the test account at the middle with another
 * one, and at the inner one with the FTP password.
 */
@RealPeers
@AnyTransport
class ProxyJumpIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @RegisterExtension final Peers peers = new Peers().withVsftpd();
  private final RealSshd[] sshds = new RealSshd[3];
  private SshKey rootsKey;
  private SshKey accountsKey;

  @BeforeEach
  void start() throws Exception {
    rootsKey = SshKey.create(peers.directory().resolve("roots"));
    accountsKey = SshKey.create(peers.directory().resolve("accounts"));
  }

  private RealSshd bastion() {
    return sshds[0];
  }

  private RealSshd middle() {
    return sshds[1];
  }

  private RealSshd inner() {
    return sshds[2];
  }

  /** Starts the servers with the same lines of sshd_config(5). */
  private TestConfig servers(String... options) throws IOException {
    List<String> bastions = new ArrayList<>(List.of(options));
    bastions.add("AllowUsers root");
    bastions.add("PasswordAuthentication no");
    sshds[0] = peers.add(RealSshd.start(bastions.toArray(String[]::new)));
    sshds[1] = peers.add(RealSshd.start(options));
    sshds[2] = peers.add(RealSshd.start(options));
    bastion().authorize(rootsKey.publicLine());
    middle().authorize(accountsKey.publicLine());
    return TestConfig.tunnel(
            peers.directory(),
            inner().port(),
            peers.vsftpd().port(),
            bastion().knownHostsLine(),
            middle().knownHostsLine(),
            inner().knownHostsLine())
        .profile("proxy-jump", "[bastion, middle]")
        .profile("connections", 1) // a job that is not quite gone takes no second
        .alsoProfile("bastion", hop(bastion(), "root", rootsKey))
        .alsoProfile("middle", hop(middle(), TestAccount.USER, accountsKey));
  }

  private String hop(RealSshd sshd, String user, SshKey key) {
    return "host: 127.0.0.1, port: %d, user: %s, authentication: publickey, identity-file: %s,"
            .formatted(sshd.port(), user, key.path())
        + " strict-host-key-checking: yes, known-hosts: %s, connect-timeout: 20s,"
            .formatted(peers.directory().resolve("known_hosts"))
        + " connections: 1, login-timeout: 20s, idle-timeout: 2s";
  }

  @Test
  void filesPassThreeSshServersEachWithItsOwnUserKeyAndHostKey() throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 30L * MIB);
    String patient = servers().yaml().replace("idle-timeout: 2s", "idle-timeout: 60s");
    try (Culvert culvert = Culvert.start(patient)) {
      List<Integer> listeners = ListeningPorts.ofThisProcess();

      Run<String> up =
          culvert.curl().text("--upload-file", file.path().toString(), peers.url("file"));
      Run<Sha256> down = culvert.curl().digest(peers.url("file"));

      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(ListeningPorts.ofThisProcess()).as("no listener in between").isEqualTo(listeners);
    }
    assertThat(bastion().directTcpipPorts()).containsExactly(middle().port());
    assertThat(middle().directTcpipPorts()).containsExactly(inner().port());
    assertThat(inner().directTcpipPorts()).contains(peers.vsftpd().port()).hasSize(4);
    assertThat(bastion().count("Accepted publickey for root ")).isEqualTo(1);
    assertThat(middle().count("Accepted publickey for " + TestAccount.USER + " ")).isEqualTo(1);
    assertThat(inner().count("Accepted password for " + TestAccount.USER + " ")).isEqualTo(1);
    assertThat(bastion().log()).doesNotContain("Failed password", "method password");
    assertThat(middle().log()).doesNotContain("Failed password", "method password");
  }

  @Test
  void theSessionsOfTheHopsEndWhenNobodyNeedsThem() throws Exception {
    try (Culvert culvert = Culvert.start(servers())) {
      assertThat(culvert.curl().text(peers.url("")).exitCode()).isZero();

      await("all sessions end").atMost(PATIENCE).until(() -> inner().sessions() == 0);
      await("and the hops'").atMost(PATIENCE).until(() -> bastion().sessions() == 0);
    }
  }

  @Test
  void keysAreExchangedAgainAtEveryLevelUnderLoad() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), MIB);
    TestConfig config = servers("RekeyLimit 64K").profile("rekey-limit", "64KiB");
    try (Culvert culvert = Culvert.start(config)) {
      List<CompletableFuture<Run<Sha256>>> jobs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        jobs.add(CompletableFuture.supplyAsync(() -> culvert.curl().digest(peers.url("file"))));
      }
      Run<String> up =
          culvert.curl().text("--upload-file", file.path().toString(), peers.url("uploaded"));

      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(peers.home().resolve("uploaded"))).isEqualTo(file.content());
      for (CompletableFuture<Run<Sha256>> job : jobs) {
        assertThat(job.get(90, TimeUnit.SECONDS)).isEqualTo(new Run<>(0, file.content(), ""));
      }
    }
    for (RealSshd sshd : sshds) {
      assertThat(sshd.count("rekey in progress") + sshd.count("SSH2_MSG_KEXINIT received"))
          .as("key exchanges")
          .isGreaterThan(20);
    }
  }

  @Test
  void aHopKilledInTheMiddleOfATransferIsAVisibleErrorAtOnce() throws Exception {
    TestFile.create(peers.home().resolve("file"), 300L * MIB);
    Path copy = peers.directory().resolve("copy");
    try (Culvert culvert = Culvert.start(servers());
        FtpDialogue idle = culvert.ftp(peers.vsftpd().port())) {
      idle.reply();
      assertThat(idle.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      CompletableFuture<Run<String>> job =
          CompletableFuture.supplyAsync(
              () ->
                  culvert
                      .curl()
                      .text("--limit-rate", "20M", "--output", copy.toString(), peers.url("file")));
      await("the transfer runs")
          .atMost(PATIENCE)
          .until(() -> Files.exists(copy) && Files.size(copy) > MIB);

      middle().killSessions();

      assertThat(job.get(10, TimeUnit.SECONDS).exitCode()).isNotZero();
      assertThat(Files.size(copy)).isLessThan(300L * MIB);
      assertThat(idle.reply()).startsWith("421 culvert: ssh server 127.0.0.1:" + inner().port());
      assertThat(idle.atEnd()).isTrue();
    }
  }

  @Test
  void aFrozenHopIsNoticedByItsKeepalives() throws Exception {
    TestConfig config = servers();
    String yaml =
        config
            .yaml()
            .replace(
                "idle-timeout: 2s }", "server-alive-interval: 500ms, server-alive-count-max: 2 }");
    try (Culvert culvert = Culvert.start(yaml);
        FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
      ftp.reply();
      assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");

      bastion().freezeSessions();
      try {
        assertThat(ftp.reply()).startsWith("421 culvert: ");
      } finally {
        bastion().thawSessions();
      }
    }
  }

  @Test
  void aChangedHostKeyAtAHopNeverFallsBackAndNoOneFurtherInHearsOfIt() throws Exception {
    TestConfig config = servers().rule("fallback", "plain");
    middle().newHostKey();
    middle().restart();
    try (Culvert culvert = Culvert.start(config)) {
      assertThat(heardBy(culvert))
          .containsPattern(
              "530 culvert: host key of \\[127\\.0\\.0\\.1]:%d changed|was answered 2"
                  .formatted(middle().port()));
    }
    assertThat(middle().log()).doesNotContain("userauth-request");
    assertThat(inner().count("Connection from")).isZero();
    assertThat(peers.vsftpd().controlConnections()).isZero();
  }

  /**
   * The hops log in before the client does: on a quick machine the front door has it in time for
   * its answer, and else it comes in the FTP dialogue.
   */
  private String heardBy(Culvert culvert) throws Exception {
    try (FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
      return ftp.reply() + ftp.login(TestAccount.USER, TestAccount.password());
    } catch (IOException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  @Test
  void aRefusedLoginAtAHopIsThatHopsVerdict() throws Exception {
    TestConfig config = servers();
    SshKey stranger = SshKey.create(peers.directory().resolve("stranger"));
    String yaml = config.yaml().replace(accountsKey.path().toString(), stranger.path().toString());
    try (Culvert culvert = Culvert.start(yaml)) {
      assertThat(heardBy(culvert)).containsPattern("was answered 2|530 culvert: SSH login as ");
    }
    assertThat(bastion().directTcpipPorts()).isNotEmpty().containsOnly(middle().port());
    assertThat(inner().count("Connection from")).isZero();

    String fallingBack =
        yaml.replace(
            "action: ftp-tunnel",
            "action: ftp-tunnel\n    fallback: plain\n    fallback-on: auth-failed");
    try (Culvert culvert = Culvert.start(fallingBack)) {
      assertThat(culvert.curl().text(peers.url("")).exitCode()).isZero();
    }
    assertThat(peers.vsftpd().controlConnections()).as("in plaintext").isPositive();
  }

  @Test
  void aHopThatForbidsForwardingIsAVerdictAndAServerThatItDoesNotReachIsNotReachable()
      throws Exception {
    String yaml = servers().yaml();
    inner().stop();
    try (Culvert culvert = Culvert.start(yaml)) {
      assertThat(heardBy(culvert)).containsPattern("was answered 5|421 culvert: ssh server ");
      try (CapturedLog log = CapturedLog.atTrace()) {
        heardBy(culvert);
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    log.text()
                        .contains(
                            "ssh server 127.0.0.1:%d: through ssh server 127.0.0.1:%d: channel to"
                                .formatted(inner().port(), middle().port())));
      }
    }
    inner().restart();

    RealSshd strict =
        peers.add(
            RealSshd.start(
                "AllowTcpForwarding no", "AllowUsers root", "PasswordAuthentication no"));
    strict.authorize(rootsKey.publicLine());
    Files.writeString(
        peers.directory().resolve("known_hosts"),
        strict.knownHostsLine() + "\n",
        java.nio.file.StandardOpenOption.APPEND);
    String forbidden =
        yaml.replace("port: " + bastion().port() + ",", "port: " + strict.port() + ",");
    try (Culvert culvert = Culvert.start(forbidden)) {
      assertThat(heardBy(culvert)).containsPattern("was answered 2|421 culvert: ssh server ");
    }
  }

  @Test
  void fixedTunnelsGoThroughHopsBothWays() throws Exception {
    TestFile file = TestFile.create(peers.home().resolve("file"), MIB);
    int remote = FreePorts.next();
    TestConfig config =
        servers()
            .profile("user", TestAccount.USER)
            .profile("authentication", "publickey")
            .profile("identity-file", accountsKey.path())
            .listeners(
                "tunnel: 127.0.0.1:0, protocol: ftp, profile: gate, target: '127.0.0.1:%d'"
                    .formatted(peers.vsftpd().port()),
                "remote-tunnel: %d, protocol: ftp, profile: gate, target: '127.0.0.1:%d'"
                    .formatted(remote, peers.vsftpd().port()));
    inner().authorize(accountsKey.publicLine());
    try (Culvert culvert = Culvert.start(config)) {
      CurlClient curl = CurlClient.direct(TestAccount.USER, TestAccount.password());
      String path = "/" + peers.home().getFileName() + "/file";
      assertThat(curl.digest("ftp://127.0.0.1:" + culvert.port() + path))
          .isEqualTo(new Run<>(0, file.content(), ""));

      await("the inner server listens")
          .atMost(PATIENCE)
          .until(() -> inner().count("Local forwarding listening on") > 0);
      assertThat(curl.digest("ftp://127.0.0.1:" + remote + path))
          .isEqualTo(new Run<>(0, file.content(), ""));
    }
  }
}
