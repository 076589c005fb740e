package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.it.AnyTransport;
import culvert.it.AuditTrails;
import culvert.it.CulvertProcess;
import culvert.it.peers.RealPeers;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that know nothing of Culvert, through real sshd to real vsftpd, with rules of nft(8) as
 * anybody may write them.
 */
@RealPeers
@AnyTransport
class RedirectIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int SIZE = 700_000;

  private static final String RULES =
      """
      - { name: nobodys, match: { port: 4711 }, action: block }
      - name: jobs-of-ipv6
        match: { port: 21, network: "fd77::/64", os-user: culvert-test }
        action: ftp-tunnel
        ftp: { data-connections: listener }
      - name: jobs
        match: { port: 21, listener: [redirect, redirect-2, redirect-3, redirect-4], os-user: culvert-test }
        action: ftp-tunnel
        fallback: plain
        fallback-on: unreachable
      """;

  @TempDir private static Path directory;
  @AutoClose private static CaptureHosts hosts;
  private static Path file;
  private static UnawareJobs jobs;

  @BeforeAll
  static void start() throws Exception {
    hosts = CaptureHosts.start(directory, RULES);
    jobs = UnawareJobs.with(hosts, SIZE);
    file = jobs.file();
  }

  @BeforeEach
  void capture() throws IOException {
    hosts.captureAllButCulvert();
  }

  @Test
  void everyClientMovesItsFilesInsideSshWithoutKnowing() throws Exception {
    int before = hosts.besidesSsh();

    jobs.allAtOnce(CaptureHosts.SERVER, EnumSet.allOf(UnawareClient.class));

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void soDoesIpv6() throws Exception {
    int before = hosts.besidesSsh();

    jobs.allAtOnce(CaptureHosts.SERVER_6, UnawareJobs.forIpv6());

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void soDoesWhatComesByTproxy() throws Exception {
    int before = hosts.besidesSsh();
    hosts.captureAllButCulvertTransparently();

    jobs.allAtOnce(CaptureHosts.SERVER, EnumSet.of(UnawareClient.CURL_OF_IPV4, UnawareClient.LFTP));
    jobs.allAtOnce(CaptureHosts.SERVER_6, EnumSet.of(UnawareClient.CURL));

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    assertThat(fate("127.0.0.1", CaptureHosts.TRANSPARENT_PORT)).isEqualTo("reset");
    assertThat(fate("::1", CaptureHosts.TRANSPARENT_PORT)).isEqualTo("reset");
  }

  /** Who checks that his data is the server's takes none from there. */
  @Test
  void inActiveModeDataComesFromCulvertsOwnAddress() throws Exception {
    int before = hosts.besidesSsh();
    Set<UnawareClient> all = EnumSet.complementOf(EnumSet.of(UnawareClient.NCFTP));
    all.removeIf(client -> client.active().isEmpty());

    assertThat(
            hosts.python(
                "active",
                CaptureHosts.SERVER,
                TestAccount.USER,
                TestAccount.password(),
                TestAccount.below(file),
                accountId()))
        .startsWith("10.77.0.1 ")
        .endsWith("150 226");
    jobs.allActive(CaptureHosts.SERVER, all);
    all.retainAll(UnawareJobs.forIpv6());
    jobs.allActive(CaptureHosts.SERVER_6, all);
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void withoutEpollItDoesNotStart() {
    Path log = directory.resolve("nio.log");

    assertThatThrownBy(
            () ->
                CulvertProcess.run(Map.of("CULVERT_TRANSPORT", "nio"), hosts.configuration(), log))
        .hasMessageContaining("listener redirect: redirect needs epoll");
  }

  @Test
  void theTrailSaysWhoItWas() throws Exception {
    try (UnawareJobs.Job job = jobs.of(CaptureHosts.SERVER, UnawareClient.CURL)) {
      job.download();
    }

    await("the job's end")
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(AuditTrails.events(hosts.trail(), "job.ended"))
                    .anySatisfy(RedirectIT::assertCurls));
  }

  private static void assertCurls(JsonNode job) {
    assertThat(job.at("/client/address").asText()).isEqualTo("10.77.0.1");
    assertThat(job.at("/client/os_user").asText()).isEqualTo(TestAccount.USER);
    assertThat(job.at("/client/program").asText()).isEqualTo("curl");
    assertThat(job.at("/destination/host").asText()).isEqualTo(CaptureHosts.SERVER);
    assertThat(job.at("/route").asText()).isEqualTo("ssh");
  }

  /** It gives a connection another port, where two would look alike behind it. */
  @Test
  void natDoesNotHideWhoseConnectionItIs() throws Exception {
    int before = hosts.besidesSsh();

    for (String server : List.of(CaptureHosts.SERVER, CaptureHosts.SERVER_6)) {
      assertThat(jobFromAPortUsedBefore(server)).isEqualTo("reset\n230");
    }
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void whoseConnectionItIsNobodyGuesses() throws Exception {
    int before = hosts.besidesSsh();
    hosts.captureAllButCulvertAndForgetPorts();

    assertThatThrownBy(() -> jobFromAPortUsedBefore(CaptureHosts.SERVER))
        .hasMessageContaining("Connection reset by peer");
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    hosts.awaitLog("no socket of this host is the client's");
  }

  private static String jobFromAPortUsedBefore(String server) throws IOException {
    return hosts.python("again", server, TestAccount.USER, TestAccount.password(), accountId());
  }

  @Test
  void anotherUsersConnectionGetsNobodysData() throws Exception {
    String told =
        hosts.python(
            "foreign",
            CaptureHosts.SERVER,
            TestAccount.USER,
            TestAccount.password(),
            TestAccount.below(file),
            accountId(),
            CaptureHosts.NOBODY);

    assertThat(told.lines())
        .containsExactly(
            "told " + CaptureHosts.SERVER,
            "before reset",
            "reply 150",
            "behind reset",
            "size " + SIZE,
            "reply 226");
  }

  @Test
  void dataThatIsNotCapturedFindsNothing() throws Exception {
    hosts.capture(
        """
        chain output {
          type nat hook output priority -100
          meta skuid 0 accept
          ip daddr %s tcp dport 21 redirect to :%d
        }
        """
            .formatted(CaptureHosts.SERVER, CaptureHosts.PORT));

    assertThat(
            hosts.python(
                "uncaptured",
                CaptureHosts.SERVER,
                TestAccount.USER,
                TestAccount.password(),
                accountId()))
        .isEqualTo("refused");
  }

  @Test
  void whatARuleBlocksIsReset() throws Exception {
    assertThat(fate(CaptureHosts.SERVER, 4711)).isEqualTo("reset");
    assertThat(fate(CaptureHosts.SERVER_6, 4711)).isEqualTo("reset");
  }

  @Test
  void whoConnectsToTheListenerItselfIsReset() throws Exception {
    assertThat(fate("127.0.0.1", CaptureHosts.PORT)).isEqualTo("reset");
    assertThat(fate("::1", CaptureHosts.PORT)).isEqualTo("reset");
    hosts.awaitLog("127.0.0.1:" + CaptureHosts.PORT + " itself");
  }

  @Test
  void whatCapturesCulvertItselfMakesNoLoop() throws Exception {
    hosts.capture(
        """
        chain output {
          type nat hook output priority -100
          ip daddr %1$s tcp dport 2323 redirect to :%3$d
          ip6 daddr %2$s tcp dport 2323 redirect to :%3$d
        }
        """
            .formatted(CaptureHosts.SERVER, CaptureHosts.SERVER_6, CaptureHosts.PORT));

    assertThat(fate(CaptureHosts.SERVER, 2323)).isEqualTo("reset");
    assertThat(fate(CaptureHosts.SERVER_6, 2323)).isEqualTo("reset");

    await("both in the log").atMost(DEADLINE).until(() -> hosts.ownConnections() == 2);
  }

  @Test
  void withoutSshTheSameJobIsDoneInPlaintext() throws Exception {
    int before = hosts.besidesSsh();
    hosts.sshd().stop();
    try (UnawareJobs.Job job = jobs.of(CaptureHosts.SERVER, UnawareClient.CURL)) {
      job.upload();
      job.download();
      job.list();
    } finally {
      hosts.sshd().restart();
    }

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isGreaterThan(before);
    await("jobs are tunnelled again").atMost(DEADLINE).until(RedirectIT::isUploadTunnelled);
  }

  private static boolean isUploadTunnelled() throws Exception {
    int before = hosts.besidesSsh();
    try (UnawareJobs.Job job = jobs.of(CaptureHosts.SERVER, UnawareClient.CURL)) {
      job.upload();
    }
    return hosts.besidesSsh() == before;
  }

  private static int accountId() throws IOException {
    return (Integer) Files.getAttribute(hosts.folder(), "unix:uid");
  }

  private static String fate(String address, int port) throws IOException {
    return hosts.python("fate", address, port, CaptureHosts.NOBODY);
  }
}
