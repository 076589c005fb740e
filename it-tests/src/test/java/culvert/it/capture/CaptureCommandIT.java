package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.TestFile;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command's table, which stays when Culvert ends: {@code on-crash: closed}. */
@RealPeers
@AnyTransport
class CaptureCommandIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String[] CAPTURED = {
    "--reuid=" + TestAccount.USER, "--regid=" + TestAccount.USER
  };
  private static final String[] LEFT_ALONE = {"--reuid=65534", "--regid=65534"};

  private static final String LISTENERS =
      "listeners: [{ redirect: 127.0.0.1:218 }, { name: socks, socks: 127.0.0.1:0 }]\n";
  private static final String RULES =
      """
      rules:
        - { match: { os-user: '65534', port: 21 }, action: direct }
        - { match: { port: 21 }, action: ftp-tunnel }
      capture: { users: %s }
      """
          .formatted(TestAccount.USER);

  @TempDir private static Path directory;
  @AutoClose private static CaptureHosts hosts;
  private static String hash;

  @BeforeAll
  static void start() throws Exception {
    hosts = CaptureHosts.start(directory, LISTENERS, RULES);
    hash = TestFile.create(hosts.folder().resolve("file"), 3_000_000).content().hex();
  }

  @BeforeEach
  void captures() throws Exception {
    hosts.configure(LISTENERS, RULES);
    if (hosts.culvert().isAlive()) {
      hosts.reload();
    } else {
      hosts.startCulvert();
    }
    hosts.table().apply(hosts.config());
  }

  private static String get() {
    return "get " + TestAccount.below(hosts.folder()) + "/file";
  }

  private static String late() {
    return get().replace("get ", "late ");
  }

  private static String fate(String address, int port, String user) throws Exception {
    String uid = hosts.clients().does("id", "-u", user).strip();
    return hosts.python("fate", address, port, uid);
  }

  private static String rules() {
    return hosts.clients().does("nft", "list", "ruleset");
  }

  @Test
  void oneOfTwoUsersIsCapturedAndNothingElse() throws Exception {
    int before = hosts.besidesSsh();
    try (LiveSession captured = LiveSession.open(hosts, CAPTURED)) {
      assertThat(captured.ask(get())).isEqualTo(hash);
      assertThat(captured.ask(get())).isEqualTo(hash);
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);

      try (LiveSession leftAlone = LiveSession.open(hosts, LEFT_ALONE)) {
        assertThat(leftAlone.ask(get())).isEqualTo(hash);
        assertThat(captured.ask(get())).isEqualTo(hash);
        assertThat(hosts.besidesSsh()).as("packets besides SSH").isGreaterThan(before);
      }
    }
    assertThat(fate(CaptureHosts.SERVER, CaptureHosts.SSH_PORT, TestAccount.USER))
        .startsWith("SSH-2.0");
    assertThat(fate(CaptureHosts.SERVER_6, 21, TestAccount.USER)).isEqualTo("refused");
    assertThat(fate(CaptureHosts.SERVER_6, 21, "nobody")).startsWith("220 ");
  }

  @Test
  void aLiveSessionOutlivesTheRulesButAnnouncesNothingPastThem() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      assertThat(session.ask(get())).isEqualTo(hash);
      int before = hosts.besidesSsh();

      assertThat(hosts.table().remove()).isTrue();

      assertThat(session.ask("PWD")).startsWith("257 ");
      assertThat(session.ask(get()))
          .contains("425 culvert: the data connection cannot be captured")
          .contains("table inet culvert is not loaded");
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
      assertThat(fate(CaptureHosts.SERVER, 21, TestAccount.USER)).startsWith("220 (vsFTPd");

      int meanwhile = hosts.besidesSsh();
      hosts.table().apply(hosts.config());
      assertThat(session.ask(get())).isEqualTo(hash);
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(meanwhile);
    }
    hosts.awaitLog("refusing a data connection that cannot be captured: table inet culvert is not");
  }

  @Test
  void whatASessionWasToldIsCapturedWhoeverTakesTheRulesAway() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      int before = hosts.besidesSsh();

      assertThat(session.ask(late())).isEqualTo("told");
      assertThat(hosts.table().remove()).isTrue();
      assertThat(session.ask("go on")).as("removed").isEqualTo(hash);

      hosts.table().apply(hosts.config());
      await("the table").atMost(DEADLINE).until(() -> session.ask(get()).equals(hash));
      assertThat(session.ask(late())).isEqualTo("told");
      hosts.clients().does("nft", "flush", "ruleset");
      assertThat(session.ask("go on")).as("flushed").isEqualTo(hash);
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    }
  }

  @Test
  void whatASessionWasToldIsCapturedByATableThatIsLoadedAnew() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      int before = hosts.besidesSsh();
      assertThat(session.ask(late())).isEqualTo("told");

      assertThat(hosts.table().remove()).isTrue();
      hosts.table().apply(hosts.config());

      assertThat(session.ask("go on")).isEqualTo(hash);
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    }
  }

  @Test
  void whoIsNotCapturedAnyMoreIsUntilItsSessionEnds() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      int before = hosts.besidesSsh();
      assertThat(session.ask(late())).isEqualTo("told");

      hosts.configure(LISTENERS, RULES.replaceAll("users: .*", "users: games }"));
      hosts.reload();

      assertThat(session.ask("go on")).isEqualTo(hash);
      assertThat(session.ask(get())).isEqualTo(hash);
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    }
  }

  @Test
  void whileCulvertIsDeadItsUsersAreRefusedAndOthersAreNot() throws Exception {
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      int before = hosts.besidesSsh();
      hosts.culvert().signal("KILL");
      await().atMost(DEADLINE).until(() -> !hosts.culvert().isAlive());

      assertThat(session.ask("PWD")).doesNotStartWith("257");
      assertThat(fate(CaptureHosts.SERVER, 21, TestAccount.USER)).isEqualTo("refused");
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
      assertThat(fate(CaptureHosts.SERVER, 21, "nobody")).startsWith("220 ");
    }
    hosts.startCulvert();
    try (LiveSession session = LiveSession.open(hosts, CAPTURED)) {
      assertThat(session.ask(get())).isEqualTo(hash);
    }

    hosts.culvert().signal("TERM");
    await().atMost(DEADLINE).until(() -> !hosts.culvert().isAlive());
    assertThat(hosts.table().remove()).isTrue();
    assertThat(rules()).as("what is left").isEmpty();
  }

  @Test
  void withoutItsFirstRuleCulvertIsBroughtItsOwnConnectionAndServesItNot() throws Exception {
    hosts.configure(LISTENERS, RULES.replaceAll("capture: .*", "capture: { everybody: true }"));
    hosts.reload();
    assertThat(hosts.table().difference(hosts.config())).isEmpty();
    assertThat(fate(CaptureHosts.SERVER, 21, "nobody")).startsWith("220 ");
    assertThat(hosts.ownConnections()).isZero();

    String chain = hosts.clients().does("nft", "-a", "list", "chain", "inet", "culvert", "output");
    String handle = chain.replaceAll("(?s).*meta skuid 0 accept[^\n]*# handle (\\d+).*", "$1");
    hosts.clients().does("nft", "delete", "rule", "inet", "culvert", "output", "handle", handle);

    assertThat(hosts.table().difference(hosts.config())).isPresent();
    assertThat(fate(CaptureHosts.SERVER, 21, "nobody")).doesNotContain("vsFTPd");
    await("the one in the log").atMost(DEADLINE).until(() -> hosts.ownConnections() == 1);
  }

  @Test
  void theCommandSaysWhatItHasDone() throws Exception {
    Run<String> checked = hosts.command("capture", "--check");
    assertThat(checked.exitCode()).as(checked.errors()).isZero();
    assertThat(checked.output()).isEqualTo("ok\n");

    hosts.configure(LISTENERS, RULES.replaceAll("capture: .*", "capture: { users: root }"));
    assertThatThrownBy(() -> hosts.table().apply(hosts.config()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user 0 is to be captured, and is the one that Culvert runs as");
  }
}
