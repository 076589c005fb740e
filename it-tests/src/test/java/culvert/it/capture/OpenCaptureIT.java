package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.TestFile;
import culvert.it.peers.RealPeers;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that the running Culvert owns: {@code on-crash: open}. */
@RealPeers
@AnyTransport
class OpenCaptureIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String USER = "--reuid=" + TestAccount.USER;
  private static final String GROUP = "--regid=" + TestAccount.USER;
  private static final String OTHER_GROUP = "--regid=65534";

  private static final String LISTENERS =
      "listeners: [{ redirect: 127.0.0.1:2180 }, { redirect: '[::1]:2180' },"
          + " { name: socks, socks: 127.0.0.1:0 }]\n";
  private static final String RULES =
      "rules: [{ match: { port: 21 }, action: ftp-tunnel }]\ncapture: { %s, on-crash: open }\n";
  private static final String BY_GROUP = RULES.formatted("groups: " + TestAccount.USER);

  /** What captures nobody, and keeps what was captured from going on. */
  private static final String LEFT = "table inet culvert_sessions\n";

  @TempDir private static Path directory;
  @AutoClose private static CaptureHosts hosts;
  private static String hash;

  @BeforeAll
  static void start() throws Exception {
    hosts = CaptureHosts.start(directory, LISTENERS, BY_GROUP);
    hash = TestFile.create(hosts.folder().resolve("file"), 8_000_000).content().hex();
  }

  @BeforeEach
  void capturesTheGroup() throws Exception {
    if (hosts.culvert().isAlive()) {
      reload(BY_GROUP);
    } else {
      hosts.configure(LISTENERS, BY_GROUP);
      hosts.startCulvert();
    }
  }

  private static void reload(String rules) throws Exception {
    hosts.configure(LISTENERS, rules);
    hosts.reload();
  }

  private static String file() {
    return TestAccount.below(hosts.folder()) + "/file";
  }

  /** Whether the client's job is done inside SSH. */
  private static boolean isCaptured(List<String> within, String... as) throws Exception {
    int before = hosts.besidesSsh();
    try (LiveSession session = LiveSession.open(hosts, within, as)) {
      assertThat(session.ask("get " + file())).isEqualTo(hash);
    }
    return hosts.besidesSsh() == before;
  }

  @Test
  void aPrimaryGroupIsCaptured() throws Exception {
    assertThat(isCaptured(List.of(), USER, GROUP)).isTrue();
    assertThat(isCaptured(List.of(), USER, OTHER_GROUP)).isFalse();
  }

  @Test
  void aReloadLeavesATransferAlone() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, USER, GROUP)) {
      int before = hosts.besidesSsh();
      assertThat(session.ask("begin " + file())).isEqualTo("begun");

      reload(RULES.formatted("users: " + TestAccount.USER));

      assertThat(session.ask("go on")).isEqualTo(hash);
      assertThat(session.ask("get " + file())).isEqualTo(hash);
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    }
    assertThat(isCaptured(List.of(), USER, OTHER_GROUP)).as("by user now").isTrue();
  }

  @Test
  void aCgroupIsCapturedAndSoIsOneThatIsMadeAnew() throws Exception {
    try (TestCgroup cgroup = TestCgroup.make()) {
      reload(RULES.formatted("cgroups: " + cgroup.name()));
      assertThat(isCaptured(cgroup.within(), USER, OTHER_GROUP)).isTrue();
      assertThat(isCaptured(List.of(), USER, GROUP)).isFalse();

      cgroup.remake();

      await("the new cgroup's capture")
          .atMost(DEADLINE)
          .until(() -> isCaptured(cgroup.within(), USER, OTHER_GROUP));
      reload(BY_GROUP);
    }
  }

  @Test
  void nobodyElseChangesTheTable() throws Exception {
    assertThatThrownBy(() -> hosts.table().remove())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Operation not permitted");
    assertThatThrownBy(() -> hosts.table().apply(hosts.config()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the table is loaded by the running Culvert");
    assertThat(hosts.table().difference(hosts.config())).isEmpty();
  }

  @Test
  void anNftThatIsKilledIsReplacedAndWhatGoesOnIsNotDisturbed() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, USER, GROUP)) {
      int before = hosts.besidesSsh();
      assertThat(session.ask("begin " + file())).isEqualTo("begun");

      ProcessHandle.of(hosts.culvert().pid())
          .orElseThrow()
          .children()
          .forEach(ProcessHandle::destroyForcibly);

      assertThat(session.ask("go on")).isEqualTo(hash);
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    }
    await("another nft")
        .atMost(DEADLINE)
        .until(() -> hosts.table().difference(hosts.config()).isEmpty());
    assertThat(isCaptured(List.of(), USER, GROUP)).isTrue();
    assertThat(hosts.culvert().log()).contains("nft has ended");
  }

  @Test
  void inActiveModeDataComesFromTheServersOwnAddressAndNothingIsLeftOfThat() throws Exception {
    reload(RULES.formatted("users: " + TestAccount.USER));
    int before = hosts.besidesSsh();

    assertThat(
            hosts.python(
                "active",
                CaptureHosts.SERVER,
                TestAccount.USER,
                TestAccount.password(),
                file(),
                Files.getAttribute(hosts.folder(), "unix:uid")))
        .isEqualTo(CaptureHosts.SERVER + " 20\n150 226");
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);

    hosts.culvert().signal("TERM");
    await().atMost(DEADLINE).until(() -> !hosts.culvert().isAlive());
    assertThat(hosts.clients().does("nft", "list", "ruleset")).isEmpty();
    assertThat(hosts.clients().does("ip", "rule")).doesNotContain("fwmark 0xc1 ");
  }

  @Test
  void whenCulvertIsKilledItsRulesAreGone() throws Exception {
    assertThat(isCaptured(List.of(), USER, GROUP)).isTrue();

    hosts.culvert().signal("KILL");

    await("the end of the rules")
        .atMost(DEADLINE)
        .until(() -> hosts.clients().does("nft", "list", "tables").equals(LEFT));
    assertThat(isCaptured(List.of(), USER, GROUP)).isFalse();
    assertThat(hosts.table().remove()).isFalse();
    assertThat(hosts.clients().does("nft", "list", "ruleset")).as("what is left").isEmpty();
  }
}
