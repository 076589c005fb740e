package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.proxy.ftp.passive.CapturedData.Way;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the daemon tells nft, which is a shell script here. */
class CaptureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Refuses while there is a file of that name, and has a table while there is another. */
  static final String NFT =
      """
      cd "$(dirname "$0")" || exit 1
      if [ "$1" = list ]; then
        [ -e table ] && exit 0
        echo 'Error: No such file or directory' >&2
        exit 1
      fi
      while read -r line; do
        case "$line" in
          culvert-barrier)
            printf 'Error: syntax error, unexpected newline\\n%s\\n          ^\\n' "$line" ;;
          *) if [ -e refuse ]; then printf 'Error: No space left\\n%s\\n' "$line";
             else echo "$line" | sed "s/; \\(add\\|delete\\|flush\\) /\\n\\1 /g" >>log; fi ;;
        esac
      done
      echo end >>log
      """;

  private static final String IP =
      """
      cd "$(dirname "$0")" || exit 1
      echo "$*" >>ip.log
      case "$*" in
        *"route show"*) [ ! -e routes ] || cat routes ;;
        *"rule show") [ ! -e rules ] || cat rules ;;
        *"route replace"*) echo 'local default dev lo scope host' >routes ;;
        *"rule add"*) echo '193:	from all fwmark 0xc1 lookup 12698049' >rules ;;
      esac
      """;

  private static final String OPEN =
      "listeners: [{ redirect: 2180 }]\ncapture: { users: batch, cgroups: a.slice, on-crash: open }";
  private static final String CLOSED = OPEN.replace("2180", "218").replace("open", "closed");

  @TempDir private Path directory;
  private FakeCaptureHost host;
  private Capture capture;

  @BeforeEach
  void begin() throws IOException {
    host =
        new FakeCaptureHost().with("batch", 1001).withCgroup("a.slice", 1).withNft(directory, NFT);
    capture = new Capture(host);
  }

  @AfterEach
  void end() {
    capture.close();
  }

  private static CulvertConfig config(String yaml) {
    return new ConfigLoader(
            new Environment(Map.of(), Path.of("/home/joe"), Path.of("/work"), Path.of("/etc")))
        .loadString(yaml, "c.yaml")
        .orThrow();
  }

  private List<String> told() throws IOException {
    return Files.readAllLines(directory.resolve("log"));
  }

  private static Way way(int port) throws IOException {
    return new Way(
        InetAddress.getByName("192.0.2.1"), port == 0 ? OptionalInt.empty() : OptionalInt.of(port));
  }

  private Future<Void> open(int port) throws IOException {
    Future<Void> opened = capture.open(way(port), ImmediateEventExecutor.INSTANCE);
    await().atMost(PATIENCE).until(opened::isDone);
    return opened;
  }

  private void give(int port) throws IOException {
    capture.giveUp(way(port), Duration.ofSeconds(60));
  }

  @Test
  void withoutTheSectionNothingIsDoneAndEverythingIsOpen() throws IOException {
    capture.start(config("listeners: [{ redirect: 2180 }]"));

    assertThat(open(40000).isSuccess()).isTrue();
    give(40000);
    assertThat(directory.resolve("log")).doesNotExist();
  }

  @Test
  void openLoadsATableOfItsOwnInPlaceOfWhatIsThere() throws IOException {
    capture.start(config(OPEN));

    assertThat(told())
        .containsSubsequence(
            "add table inet culvert_keep { flags owner; }",
            "add table inet culvert",
            "delete table inet culvert",
            "add table inet culvert { flags owner; }",
            "add rule inet culvert output meta skuid { 1001 } goto captured",
            "flush set inet culvert data4");
  }

  @Test
  void atPortsWhereNobodyBeginsClientsAreThoseOfAnEarlierProcessForAMinute() throws IOException {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    capture = new Capture(host, now::get);
    assertThat(capture.isLeftBehind(40_000)).isFalse();

    capture.start(config(OPEN + "\nrules: [{ match: { port: 2121 }, action: ftp-tunnel }]"));

    assertThat(capture.isLeftBehind(40_000)).isTrue();
    assertThat(capture.isLeftBehind(21)).isFalse();
    assertThat(capture.isLeftBehind(2121)).isFalse();
    now.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
    assertThat(capture.isLeftBehind(40_000)).isTrue();
    now.incrementAndGet();
    assertThat(capture.isLeftBehind(40_000)).isFalse();
  }

  @Test
  void sessionsOfOtherHostsStayHereWhateverBecomesOfTheTable() throws IOException {
    host.withIp(directory, IP);
    assertThat(capture.isForwarded(InetAddress.getByName("10.1.2.3"))).isFalse();

    capture.start(
        config(
            "listeners: [{ redirect: 2180, transparent: true }]\n"
                + "capture: { forwarded: 10.1.0.0/16, on-crash: open }"));

    assertThat(told())
        .containsSubsequence(
            "add rule inet culvert_keep forwarded meta l4proto tcp socket transparent 1 meta"
                + " mark set 0xc1 ct mark set 0xc1 accept",
            "add table inet culvert_sessions",
            "add rule inet culvert_sessions forwarded meta l4proto tcp socket transparent 1 meta"
                + " mark set 0xc1 ct mark set 0xc1 accept",
            "add rule inet culvert_sessions passing ct mark 0xc1 meta l4proto tcp reject with tcp"
                + " reset");
    assertThat(Files.readAllLines(directory.resolve("ip.log")))
        .contains("-4 rule add pref 193 fwmark 0xc1 lookup 12698049")
        .noneMatch(line -> line.startsWith("-6"));
    assertThat(capture.isForwarded(InetAddress.getByName("10.1.2.3"))).isTrue();
    assertThat(capture.isForwarded(InetAddress.getByName("10.2.2.3"))).isFalse();
  }

  @Test
  void withoutARouteThatKeepsThemHereNothingIsCaptured() throws IOException {
    host.withIp(directory, "echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2\n");

    assertThatThrownBy(
            () ->
                capture.start(
                    config(
                        "listeners: [{ redirect: 2180, transparent: true }]\n"
                            + "capture: { forwarded: 10.1.0.0/16, on-crash: open }")))
        .hasMessageContaining("Operation not permitted (expected: CAP_NET_ADMIN)");
    assertThat(directory.resolve("log")).doesNotExist();
  }

  @Test
  void closedLoadsNoneButKeepsOneThatIsThere() throws IOException {
    capture.start(config(CLOSED));
    assertThat(told()).noneMatch(line -> line.contains("inet culvert "));

    Files.createFile(directory.resolve("table")); // culvert capture --apply
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(told())
                    .contains("add table inet culvert", "flush set inet culvert data4")
                    .doesNotContain("delete table inet culvert"));
  }

  @Test
  void whatIsOpenedIsInTheSetBeforeAnybodyHears() throws IOException {
    capture.start(config(OPEN));

    assertThat(open(40000).isSuccess()).isTrue();
    assertThat(told()).endsWith("add element inet culvert data4 { 192.0.2.1 . 40000 }");
    assertThat(open(0).isSuccess()).isTrue();
    assertThat(told()).endsWith("add element inet culvert held4 { 192.0.2.1 }");

    give(0);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(told())
                    .endsWith(
                        "delete element inet culvert held4 { 192.0.2.1 }",
                        "add element inet culvert held4 { 192.0.2.1 timeout 60s }"));
  }

  @Test
  void whatTwoHaveOpenedStaysUntilBothHaveGivenItUp() throws IOException {
    capture.start(config(OPEN));
    open(40000);
    open(40000);

    give(40000);
    open(40001);
    assertThat(told()).noneMatch(line -> line.contains("timeout 60s"));
    give(40000);
    open(40001);
    assertThat(told())
        .filteredOn(line -> line.contains("timeout 60s"))
        .containsExactly(
            "add element inet culvert_data data4 { 192.0.2.1 . 40000 timeout 60s }",
            "add element inet culvert data4 { 192.0.2.1 . 40000 timeout 60s }");
  }

  @Test
  void whatIsRefusedIsNotOpen() throws IOException {
    capture.start(config(OPEN));
    Files.createFile(directory.resolve("refuse"));

    Future<Void> refused = open(40000);

    assertThat(refused.cause())
        .isInstanceOf(IOException.class)
        .hasMessage("nft: Error: No space left");
    Files.delete(directory.resolve("refuse"));
    assertThat(open(40000).isSuccess()).isTrue();
  }

  @Test
  void aCgroupThatIsMadeAnewIsCapturedAgain() throws IOException {
    capture.start(config(OPEN));
    assertThat(told()).anyMatch(line -> line.endsWith("comment \"cgroup 1\""));

    host.withCgroup("a.slice", 2);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(told()).anyMatch(line -> line.endsWith("comment \"cgroup 2\"")));
    assertThat(told()).filteredOn("delete table inet culvert"::equals).hasSize(1); // the first
  }

  @Test
  void aDefectEndsNoWatch() throws IOException {
    capture.start(config(OPEN));
    host.withDefect();
    await().atMost(PATIENCE).until(host::isWithoutDefect);

    host.withCgroup("a.slice", 2);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(told()).anyMatch(line -> line.endsWith("comment \"cgroup 2\"")));
  }

  @Test
  void whatWasGivenUpStaysItsMinuteThroughAReload() throws IOException {
    capture.start(config(OPEN));
    open(40000);
    give(40000);

    capture.reload(config(OPEN + "\nftp: { ports: [21, 2121] }"));

    List<String> told = told();
    assertThat(told.subList(told.lastIndexOf("flush set inet culvert data4"), told.size()))
        .anyMatch(
            line ->
                line.matches(
                    "add element inet culvert data4 \\{ 192\\.0\\.2\\.1 \\. 40000 timeout \\d\\ds }"));
  }

  @Test
  void aReloadIsOneTransactionThatKeepsWhatIsExpected() throws IOException {
    capture.start(config(OPEN));
    open(40000);

    capture.reload(config(OPEN + "\nftp: { ports: [21, 2121] }"));

    assertThat(told())
        .endsWith(
            "flush set inet culvert data4",
            "add element inet culvert data4 { 192.0.2.1 . 40000 }",
            "flush set inet culvert data6",
            "flush set inet culvert held4",
            "flush set inet culvert held6")
        .anyMatch(line -> line.contains("tcp dport { 21, 2121 } redirect to :2180"));
  }

  @Test
  void whoeverHasBeenCapturedComesForHisDataStill() throws IOException {
    host.with("other", 1002);
    capture.start(config(OPEN));
    open(40000);

    capture.reload(config(OPEN.replace("batch", "other")));

    assertThat(told())
        .contains(
            "add rule inet culvert output meta skuid { 1002 } goto captured",
            "add rule inet culvert_data output meta skuid { 1001, 1002 } goto captured",
            "add rule inet culvert_data captured ip daddr . tcp dport @data4 redirect to :2180",
            "add element inet culvert_data data4 { 192.0.2.1 . 40000 }")
        .noneMatch(line -> line.startsWith("add rule inet culvert_data captured meta nfproto"));
  }

  @Test
  void aReloadThatIsRefusedChangesNothing() throws IOException {
    capture.start(config(OPEN));
    Files.createFile(directory.resolve("refuse"));

    assertThatThrownBy(() -> capture.reload(config(OPEN + "\nftp: { ports: [21, 2121] }")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left");
    assertThatThrownBy(() -> capture.reload(config(OPEN.replace("batch", "culvert"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is the one that Culvert runs as");
  }

  @Test
  void whetherAnybodyIsCapturedIsAMatterOfARestart() {
    CulvertConfig none = config("listeners: [{ redirect: 218 }]");

    assertThat(Capture.canBecome(config(OPEN), config(OPEN + "\nrules: []"))).isTrue();
    assertThat(Capture.canBecome(config(OPEN), config(CLOSED))).isFalse();
    assertThat(Capture.canBecome(none, config(CLOSED))).isFalse();
    assertThat(Capture.canBecome(config(CLOSED), none)).isFalse();
    assertThat(Capture.canBecome(none, none)).isTrue();
  }

  @Test
  void whatCannotBeTakenOverLeavesTheNamesOfWhatGoesOnNeeded() throws IOException {
    String bank = OPEN.replace("capture: { ", "capture: { destinations: ftp.bank.example, ");
    String other = bank.replace("bank", "other");
    assertThat(capture.names(config(bank))).containsExactly("ftp.bank.example");
    capture.start(config(bank));

    assertThat(capture.names(config(other))).containsExactly("ftp.other.example");
    assertThat(capture.names(config(CLOSED))).containsExactly("ftp.bank.example");
    assertThat(capture.names(config("listeners: [{ redirect: 2180 }]")))
        .containsExactly("ftp.bank.example");

    capture.reload(config(other));
    assertThat(capture.names(config(CLOSED))).containsExactly("ftp.other.example");
  }

  @Test
  void aStartThatCannotCaptureFails() throws IOException {
    Files.createFile(directory.resolve("refuse"));

    assertThatThrownBy(() -> capture.start(config(OPEN)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left");
  }
}
