package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Culvert between the clients' host and the server's, which forwards what it does not capture.
 */
@RealPeers
@AnyTransport
class GatewayIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String[] SOMEBODY = {
    "--reuid=" + TestAccount.USER, "--regid=" + TestAccount.USER
  };
  private static final EnumSet<UnawareClient> CLIENTS =
      EnumSet.of(
          UnawareClient.CURL,
          UnawareClient.CURL_OF_IPV4,
          UnawareClient.LFTP,
          UnawareClient.NCFTP,
          UnawareClient.TNFTP,
          UnawareClient.WGET);
  private static final EnumSet<UnawareClient> CLIENTS_OF_IPV6 =
      EnumSet.of(UnawareClient.CURL, UnawareClient.LFTP, UnawareClient.TNFTP, UnawareClient.WGET);

  private static final String LISTENERS =
      """
      listeners:
        - { redirect: 127.0.0.1:2180, transparent: true }
        - { redirect: "[::1]:2180", transparent: true }
        - socks: 127.0.0.1:0
      """;
  private static final String RULES =
      """
      rules:
        - match: { port: 21 }
          action: ftp-tunnel
          fallback: plain
          fallback-on: unreachable
      capture:
        forwarded: [10.78.0.0/24, "fd78::/64"]
      """;

  @TempDir private static Path directory;
  @AutoClose private static CaptureHosts hosts;
  private static Path file;
  private static UnawareJobs jobs;

  @BeforeAll
  static void start() throws Exception {
    hosts = CaptureHosts.startGateway(directory, LISTENERS, RULES);
    jobs = UnawareJobs.with(hosts, 3_000_000);
    file = jobs.file();
  }

  @BeforeEach
  void captures() throws Exception {
    begin(RULES);
    hosts.table().apply(hosts.config());
    awaitGuard();
  }

  private static void begin(String rules) throws Exception {
    hosts.configure(LISTENERS, rules);
    if (hosts.culvert().isAlive()) {
      hosts.reload();
    } else {
      hosts.startCulvert();
    }
  }

  /** Culvert has seen the table that somebody else has loaded. */
  private static void awaitGuard() {
    await("Culvert's own table").atMost(DEADLINE).until(() -> rules().contains("culvert_sessions"));
  }

  private static String get() {
    return "get " + TestAccount.below(hosts.folder()) + "/file";
  }

  private static String hash() throws IOException {
    return Sha256.of(file).hex();
  }

  private static String fate(String address, int port) throws IOException {
    return hosts.python("fate", address, port, CaptureHosts.NOBODY);
  }

  private static String rules() {
    return hosts.gateway().does("nft", "list", "ruleset");
  }

  @Test
  void everyClientMovesItsFilesInsideSshWithoutKnowing() throws Exception {
    int before = hosts.besidesSsh();

    jobs.allAtOnce(CaptureHosts.SERVER, CLIENTS);
    jobs.allAtOnce(CaptureHosts.SERVER_6, CLIENTS_OF_IPV6);

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void inActiveModeDataComesFromTheServersOwnAddress() throws Exception {
    int before = hosts.besidesSsh();
    for (String server : List.of(CaptureHosts.SERVER, CaptureHosts.SERVER_6)) {
      assertThat(
              hosts.python(
                  "active",
                  server,
                  TestAccount.USER,
                  TestAccount.password(),
                  TestAccount.below(file),
                  hosts.accountId()))
          .isEqualTo(server + " 20\n150 226");
    }

    jobs.allActive(CaptureHosts.SERVER, CLIENTS);
    jobs.allActive(CaptureHosts.SERVER_6, CLIENTS_OF_IPV6);

    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void aTransferIsAbortedAndTheSessionGoesOn() throws Exception {
    int before = hosts.besidesSsh();
    try (LiveSession session = LiveSession.open(hosts, SOMEBODY)) {
      Path large = hosts.folder().resolve("large");
      try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
        sparse.setLength(100_000_000);
      }
      assertThat(session.ask("abort " + TestAccount.below(large))).isEqualTo("426 225");
      assertThat(session.ask(get())).isEqualTo(hash());
    }
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void whatIsNotFtpIsForwarded() throws Exception {
    assertThat(fate(CaptureHosts.SERVER, CaptureHosts.SSH_PORT)).startsWith("SSH-2.0");
    assertThat(fate(CaptureHosts.SERVER_6, CaptureHosts.SSH_PORT)).startsWith("SSH-2.0");
    assertThat(fate("10.78.0.1", 21)).isEqualTo("refused");
    assertThat(hosts.culvert().log()).doesNotContain("10.78.0.1:21");
  }

  @Test
  void withoutSshTheSameJobIsDoneInPlaintext() throws Exception {
    int before = hosts.besidesSsh();
    hosts.sshd().stop();
    try {
      jobs.allAtOnce(CaptureHosts.SERVER, EnumSet.of(UnawareClient.CURL));
    } finally {
      hosts.sshd().restart();
    }
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isGreaterThan(before);
    await("jobs are tunnelled again").atMost(DEADLINE).until(GatewayIT::isTunnelled);
  }

  private static boolean isTunnelled() throws Exception {
    int before = hosts.besidesSsh();
    try (LiveSession session = LiveSession.open(hosts, SOMEBODY)) {
      assertThat(session.ask(get())).isEqualTo(hash());
    }
    return hosts.besidesSsh() == before;
  }

  @Test
  void whileCulvertIsDeadNothingGetsThrough() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, SOMEBODY)) {
      int before = hosts.besidesSsh();
      assertThat(session.ask("begin " + TestAccount.below(file))).isEqualTo("begun");
      hosts.culvert().signal("KILL");
      await().atMost(DEADLINE).until(() -> !hosts.culvert().isAlive());

      assertThat(session.ask("go on")).isNotEqualTo(hash());
      assertThat(session.ask("PWD")).doesNotStartWith("257");
      assertThat(fate(CaptureHosts.SERVER, 21)).isEqualTo("refused");
      assertThat(fate(CaptureHosts.SERVER_6, 21)).isEqualTo("refused");
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
      assertThat(fate(CaptureHosts.SERVER, CaptureHosts.SSH_PORT)).startsWith("SSH-2.0");
      assertThatNobodyElseIsGivenThem();
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    }
    hosts.startCulvert();
    assertThat(isTunnelled()).isTrue();
  }

  private static void assertThatNobodyElseIsGivenThem() throws IOException {
    List<String> somebody =
        List.of(
            "setpriv",
            "--reuid=" + CaptureHosts.NOBODY,
            "--clear-groups",
            "/usr/bin/python3",
            hosts.program("clients.py").toString(),
            "listen",
            "127.0.0.1",
            "2180");
    Process listener = new ProcessBuilder(hosts.gateway().command(somebody)).start();
    try {
      assertThat(listener.inputReader().readLine()).isEqualTo("listens");
      assertThat(fate(CaptureHosts.SERVER, 21)).isEqualTo("refused");
    } finally {
      listener.destroyForcibly();
    }
  }

  @Test
  void whatRoutersSayOfASessionDoesNotGetToTheServer() throws Exception {
    int before = hosts.besidesSsh();
    assertThat(
            hosts.python(
                "unreachable", CaptureHosts.SERVER, CaptureHosts.CLIENT, hosts.accountId()))
        .isEqualTo("220 221");
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void aLiveSessionOutlivesTheRulesButAnnouncesNothingPastThem() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, SOMEBODY)) {
      assertThat(session.ask(get())).isEqualTo(hash());
      int before = hosts.besidesSsh();

      assertThat(hosts.table().remove()).isTrue();

      assertThat(session.ask("PWD")).startsWith("257 ");
      assertThat(session.ask(get()))
          .contains("425 culvert: the data connection cannot be captured");
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
      assertThat(fate(CaptureHosts.SERVER, 21)).startsWith("220 (vsFTPd");
      int meanwhile = hosts.besidesSsh();

      hosts.culvert().signal("KILL");
      await("the end of Culvert's own table")
          .atMost(DEADLINE)
          .until(() -> !rules().contains("culvert_keep"));
      assertThat(session.ask("PWD")).doesNotStartWith("257");
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(meanwhile);
    }
    hosts.table().remove();
    assertThat(rules()).as("what is left").isEmpty();
    for (String family : List.of("-4", "-6")) {
      assertThat(hosts.gateway().does("ip", family, "rule", "show")).doesNotContain("fwmark");
    }
  }

  @Test
  void aLiveSessionOutlivesThatSomebodyFlushesAllRules() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, SOMEBODY)) {
      int before = hosts.besidesSsh();
      assertThat(session.ask(get().replace("get ", "late "))).isEqualTo("told");

      hosts.gateway().does("nft", "flush", "ruleset");

      assertThat(session.ask("go on")).isEqualTo(hash());
      assertThat(session.ask("PWD")).startsWith("257 ");
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    }
  }

  @Test
  void openLetsThroughWhatBeginsBehindACrashButNoSessionFromBefore() throws Exception {
    hosts.culvert().signal("TERM");
    await().atMost(DEADLINE).until(() -> !hosts.culvert().isAlive());
    hosts.table().remove();
    begin(RULES + "  on-crash: open\n");
    assertThat(isTunnelled()).isTrue();
    try (LiveSession session = LiveSession.open(hosts, SOMEBODY)) {
      int before = hosts.besidesSsh();
      hosts.culvert().signal("KILL");
      await("the end of the rules")
          .atMost(DEADLINE)
          .until(() -> !rules().contains("table inet culvert {"));

      assertThat(session.ask("PWD")).doesNotStartWith("257");
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
      assertThat(fate(CaptureHosts.SERVER, 21)).startsWith("220 (vsFTPd");
    }
  }

  @Test
  void whatComesFromThisHostItselfIsNotOfOthers() throws Exception {
    begin(RULES.replace("fd78::/64\"]", "fd78::/64\", 10.77.0.0/24]\n  local: true"));
    hosts.table().apply(hosts.config());

    Run<String> itself =
        hosts
            .gateway()
            .run("curl", "-q", "-sS", "-m", "20", "ftp://10.77.0.1/", "--interface", "10.77.0.1");

    assertThat(itself.exitCode()).as(itself.errors()).isEqualTo(7);
    assertThat(hosts.culvert().log()).doesNotContain("own-connection");
    assertThat(fate("10.77.0.1", 21))
        .as("from another host")
        .startsWith("421 culvert: 10.77.0.1:21: connection refused");
  }

  @Test
  void theCommandSaysWhatItHasDone() throws IOException {
    Run<String> checked = hosts.command("capture", "--check");

    assertThat(checked.exitCode()).as(checked.errors()).isZero();
    assertThat(checked.output()).isEqualTo("ok\n");
  }
}
