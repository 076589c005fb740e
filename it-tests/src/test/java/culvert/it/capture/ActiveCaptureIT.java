package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Active mode of captured clients: their data comes from the server's own address and port 20. */
@RealPeers
@AnyTransport
class ActiveCaptureIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String[] CAPTURED = {
    "--reuid=" + TestAccount.USER, "--regid=" + TestAccount.USER
  };
  private static final long WHOLE = 1_600_000; // what session.py puts

  private static final String LISTENERS =
      "listeners: [{ redirect: 127.0.0.1:218 }, { redirect: '[::1]:218' },"
          + " { name: socks, socks: 127.0.0.1:0 }]\n";
  private static final String RULES =
      """
      rules:
        - { match: { port: 21, os-user: %1$s }, action: ftp-tunnel }
      default-action: block
      capture: { users: %1$s }
      """
          .formatted(TestAccount.USER);

  @TempDir private static Path directory;
  @AutoClose private static CaptureHosts hosts;
  private static UnawareJobs jobs;
  private int before;

  @BeforeAll
  static void start() throws Exception {
    hosts = CaptureHosts.start(directory, LISTENERS, RULES);
    end("TERM"); // the table was not there
    jobs = UnawareJobs.with(hosts, 700_000);
  }

  @BeforeEach
  void captures() throws Exception {
    hosts.table().apply(hosts.config());
    if (!hosts.culvert().isAlive()) {
      hosts.startCulvert();
    }
    before = hosts.besidesSsh();
  }

  private static String comesFrom(String server) throws IOException {
    return hosts.python(
        "active",
        server,
        TestAccount.USER,
        TestAccount.password(),
        TestAccount.below(jobs.file()),
        Files.getAttribute(hosts.folder(), "unix:uid"));
  }

  private void assertNothingBesidesSsh() {
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void everyClientMovesItsFilesInsideSshWithoutKnowing() throws Exception {
    Set<UnawareClient> all = EnumSet.allOf(UnawareClient.class);
    all.removeIf(client -> client.active().isEmpty());

    for (String server : List.of(CaptureHosts.SERVER, CaptureHosts.SERVER_6)) {
      assertThat(comesFrom(server)).isEqualTo(server + " 20\n150 226");
    }
    jobs.allActive(CaptureHosts.SERVER, all);
    all.retainAll(UnawareJobs.forIpv6());
    jobs.allActive(CaptureHosts.SERVER_6, all);
    for (String server : List.of(CaptureHosts.SERVER, CaptureHosts.SERVER_6)) {
      assertThat(comesFrom(server)).as("still").isEqualTo(server + " 20\n150 226");
    }

    assertNothingBesidesSsh();
  }

  @Test
  void whatGoesOnIsKeptHereWithoutTheRules() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      session.ask("active");
      assertThat(session.ask("put " + target())).isEqualTo("begun");

      assertThat(hosts.table().remove()).isTrue();

      assertThat(session.ask("go on")).startsWith("226 ");
    }
    assertThat(hosts.folder().resolve("target")).hasSize(WHOLE);
    assertNothingBesidesSsh();
  }

  @Test
  void soItIsWhenSomebodyHasFlushedAllRules() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      session.ask("active");
      assertThat(session.ask("put " + target())).isEqualTo("begun");

      hosts.clients().does("nft", "flush", "ruleset");

      assertThat(session.ask("go on")).startsWith("226 ");
    }
    assertThat(hosts.folder().resolve("target")).hasSize(WHOLE);
    assertNothingBesidesSsh();
  }

  @Test
  void whenCulvertIsKilledNothingOfWhatGoesOnLeavesTheHost() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      session.ask("active");
      assertThat(session.ask("put " + target())).isEqualTo("begun");

      end("KILL");

      assertThat(session.ask("go on")).doesNotStartWith("226 ");
    }
    assertNothingBesidesSsh();

    await("the end of its nft")
        .atMost(DEADLINE)
        .until(() -> !hosts.clients().does("nft", "list", "tables").contains("culvert_keep"));
    assertThat(hosts.table().remove()).isTrue();
    assertThat(hosts.clients().does("nft", "list", "ruleset")).as("what is left").isEmpty();
    assertThat(hosts.clients().does("ip", "rule")).doesNotContain("fwmark 0xc1 ");
  }

  @Test
  void whereNothingBringsTheAnswersBackNoneLeavesTheHostEither() throws Exception {
    hosts.clients().does("ip", "rule", "del", "fwmark", "0xc1");
    assertThat(hosts.table().difference(hosts.config()))
        .hasValueSatisfying(
            difference -> assertThat(difference).contains("packets with mark 0xc1 do not stay"));
    assertThat(comesFrom(CaptureHosts.SERVER)).startsWith("10.77.0.1 ").endsWith("150 226");
    assertThat(comesFrom(CaptureHosts.SERVER_6)).isEqualTo(CaptureHosts.SERVER_6 + " 20\n150 226");
    assertNothingBesidesSsh();
    end("TERM"); // it would not try again for a while
  }

  private static void end(String signal) throws Exception {
    hosts.culvert().signal(signal);
    await().atMost(DEADLINE).until(() -> !hosts.culvert().isAlive());
  }

  private static String target() {
    return TestAccount.below(hosts.folder()) + "/target";
  }
}
