package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.it.AnyTransport;
import culvert.it.AuditTrails;
import culvert.it.CulvertProcess;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
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

  private static final EnumSet<UnawareClient> NOT_FOR_IPV6 =
      EnumSet.of(UnawareClient.CURL_OF_IPV4, UnawareClient.NCFTP);

  @TempDir private static Path directory;
  private static CaptureHosts hosts;
  private static Path file;

  @BeforeAll
  static void start() throws Exception {
    hosts = CaptureHosts.start(directory, RULES);
    byte[] content = new byte[SIZE];
    new Random(1).nextBytes(content);
    file = Files.write(hosts.folder().resolve("file"), content);
  }

  @AfterAll
  static void stop() throws IOException {
    if (hosts != null) {
      hosts.close();
    }
  }

  @BeforeEach
  void capture() throws IOException {
    hosts.captureAllButCulvert();
  }

  @Test
  void everyClientMovesItsFilesInsideSshWithoutKnowing() throws Exception {
    int before = hosts.besidesSsh();

    all(CaptureHosts.SERVER, EnumSet.allOf(UnawareClient.class));

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void soDoesIpv6() throws Exception {
    int before = hosts.besidesSsh();

    all(CaptureHosts.SERVER_6, EnumSet.complementOf(NOT_FOR_IPV6));

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void soDoesWhatComesByTproxy() throws Exception {
    int before = hosts.besidesSsh();
    hosts.captureAllButCulvertTransparently();

    all(CaptureHosts.SERVER, EnumSet.of(UnawareClient.CURL_OF_IPV4, UnawareClient.LFTP));
    all(CaptureHosts.SERVER_6, EnumSet.of(UnawareClient.CURL));

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    assertThat(fate("127.0.0.1", CaptureHosts.TRANSPARENT_PORT)).isEqualTo("reset");
    assertThat(fate("::1", CaptureHosts.TRANSPARENT_PORT)).isEqualTo("reset");
  }

  @Test
  void inActiveModeDataComesFromTheServersOwnAddress() throws Exception {
    hosts.bringAnswersBack();
    Set<UnawareClient> all = EnumSet.complementOf(EnumSet.of(UnawareClient.JDK));

    for (String server : List.of(CaptureHosts.SERVER, CaptureHosts.SERVER_6)) {
      assertThat(
              hosts.python(
                  "active",
                  server,
                  TestAccount.USER,
                  TestAccount.password(),
                  TestAccount.below(file),
                  accountId()))
          .isEqualTo(server + " 20\n150 226");
    }
    allActive(CaptureHosts.SERVER, all);
    all.removeAll(NOT_FOR_IPV6);
    allActive(CaptureHosts.SERVER_6, all); // what the wire sees of it varies: docs/CONFIGURATION.md
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
    try (Job job = new Job(CaptureHosts.SERVER, UnawareClient.CURL)) {
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
    assertThat(hosts.culvert().log()).contains("no socket of this host is the client's");
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
    assertThat(hosts.culvert().log()).contains("127.0.0.1:" + CaptureHosts.PORT + " itself");
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

    assertThat(hosts.culvert().log().lines().filter(line -> line.contains("own-connection")))
        .hasSize(2);
  }

  @Test
  void withoutSshTheSameJobIsDoneInPlaintext() throws Exception {
    int before = hosts.besidesSsh();
    hosts.sshd().stop();
    try (Job job = new Job(CaptureHosts.SERVER, UnawareClient.CURL)) {
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
    try (Job job = new Job(CaptureHosts.SERVER, UnawareClient.CURL)) {
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

  /** All at once, as users do. */
  private static void all(String address, Set<UnawareClient> clients) throws Exception {
    inParallel(clients, client -> new Job(address, client, client.passive()));
  }

  private static void allActive(String address, Set<UnawareClient> clients) throws Exception {
    inParallel(clients, client -> new Job(address, client, client.active().orElseThrow()));
  }

  /** Makes one client's job. */
  @FunctionalInterface
  private interface Jobs {
    Job of(UnawareClient client) throws IOException;
  }

  private static void inParallel(Set<UnawareClient> clients, Jobs jobs) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> tasks = new ArrayList<>();
      for (UnawareClient client : clients) {
        tasks.add(
            () -> {
              try (Job job = jobs.of(client)) {
                job.upload();
                job.download();
                job.list();
                return client + " is done";
              }
            });
      }
      for (Future<String> done : threads.invokeAll(tasks)) {
        assertThat(done.get()).endsWith("is done");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** What one client does, in directories of its own. */
  private static final class Job implements AutoCloseable {
    private final UnawareClient client;
    private final Path work;
    private final Map<String, String> variables = new HashMap<>();

    Job(String address, UnawareClient client) throws IOException {
      this(address, client, client.passive());
    }

    Job(String address, UnawareClient client, String mode) throws IOException {
      this.client = client;
      this.work = TestAccount.newDirectory();
      variables.put("MODE", mode);
      variables.put("HOST", address.indexOf(':') < 0 ? address : "[" + address + "]");
      variables.put("ADDRESS", address);
      variables.put("USER", TestAccount.USER);
      variables.put("PASSWORD", TestAccount.password());
      variables.put("FOLDER", TestAccount.below(hosts.folder()));
      variables.put("JAVA", hosts.java());
    }

    void upload() throws IOException {
      if (client.upload().isPresent()) {
        String name = "from-" + work.getFileName();
        run(client.upload().get(), name, file);
        assertThat(Sha256.of(hosts.folder().resolve(name))).as("%s", client).isEqualTo(content());
      }
    }

    void download() throws IOException {
      Path copy = work.resolve("copy");
      run(client.download(), "file", copy);
      assertThat(Sha256.of(copy)).as("%s", client).isEqualTo(content());
    }

    void list() {
      assertThat(run(client.list(), "", work)).as("%s", client).contains("file");
    }

    private String run(String line, String name, Path here) {
      variables.put("NAME", name);
      variables.put("FILE", here.toString());
      Run<String> run = hosts.shell(line, variables, work);
      assertThat(run.exitCode()).as("%s: %s%s", client, run.output(), run.errors()).isZero();
      return run.output();
    }

    private static Sha256 content() throws IOException {
      return Sha256.of(file);
    }

    @Override
    public void close() throws IOException {
      TestAccount.delete(work);
    }
  }
}
