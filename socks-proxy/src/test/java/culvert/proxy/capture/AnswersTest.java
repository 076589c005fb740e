package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.proxy.upstream.KeptAnswers.Between;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String YAML =
      "listeners: [{ redirect: 2180 }]\ncapture: { users: batch, on-crash: open }";
  private static final String ELEMENT =
      " element inet culvert_answers borrowed4 { 192.0.2.21 . 20 . 127.0.0.1 . 4000";

  @TempDir private Path directory;
  private FakeCaptureHost host;
  private Capture capture;

  @BeforeEach
  void begin() throws IOException {
    host = new FakeCaptureHost().with("batch", 1001).withNft(directory, CaptureTest.NFT);
    capture = new Capture(host);
  }

  @AfterEach
  void end() {
    capture.close();
  }

  private void start() throws IOException {
    start(YAML);
  }

  private void start(String yaml) throws IOException {
    CulvertConfig config =
        new ConfigLoader(
                new Environment(Map.of(), Path.of("/home/joe"), Path.of("/work"), Path.of("/etc")))
            .loadString(yaml, "c.yaml")
            .orThrow();
    capture.start(config);
  }

  private List<String> told() throws IOException {
    return Files.readAllLines(directory.resolve("log"));
  }

  private static Between to(String client) {
    return new Between(
        new InetSocketAddress(client.indexOf(':') < 0 ? "192.0.2.21" : "2001:db8::21", 20),
        new InetSocketAddress(client, 4000));
  }

  private Future<Void> keep(String client) {
    Future<Void> kept = capture.answers().keep(to(client), ImmediateEventExecutor.INSTANCE);
    await().atMost(PATIENCE).until(kept::isDone);
    return kept;
  }

  @Test
  void whatIsKeptIsEnteredBefore() throws Exception {
    start();
    assertThat(told()).noneMatch(line -> line.contains("borrowed4 {"));

    assertThat(keep("127.0.0.1").isSuccess()).isTrue();

    assertThat(told())
        .contains("add" + ELEMENT + " }")
        .contains(
            "add rule inet culvert_answers answers ip daddr . tcp dport . ip saddr . tcp sport"
                + " @borrowed4 meta mark set 0xc1",
            "add rule inet culvert_answers kept ip6 daddr . tcp dport . ip6 saddr . tcp sport"
                + " @borrowed6 oifname != \"lo\" drop");
  }

  @Test
  void itStaysForAMinuteBehindTheEndOfTheLastThatNeedsIt() throws Exception {
    start();
    keep("127.0.0.1");
    keep("127.0.0.1");

    capture.answers().release(to("127.0.0.1"));
    capture.answers().release(to("127.0.0.1"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(told()).contains("add" + ELEMENT + " timeout 60s }"));
    assertThat(told().stream().filter(line -> line.contains(ELEMENT + " timeout 60s"))).hasSize(1);
  }

  @Test
  void whatNftRefusesIsNotKeptAndTheNextOneHasAllMadeAnew() throws Exception {
    start();
    keep("127.0.0.1");
    Files.createFile(directory.resolve("refuse"));
    assertThat(keep("127.0.0.1").cause()).hasMessageContaining("No space left");
    Files.delete(directory.resolve("refuse"));
    int before = told().size();

    assertThat(keep("127.0.0.1").isSuccess()).isTrue();

    assertThat(told().subList(before, told().size()))
        .contains("add" + ELEMENT + " }", "flush chain inet culvert_answers answers");
  }

  @Test
  void withoutTheSectionNothingIs() {
    assertThat(keep("127.0.0.1").isSuccess()).isFalse();
  }

  @Test
  void whoIsOnAnotherHostOrOfAnotherFamilyIsNotAskedInThatWay() throws Exception {
    start();

    assertThat(keep("192.0.2.9").isSuccess()).isFalse();
    assertThat(keep("::1").isSuccess()).isFalse();
    assertThat(told()).noneMatch(line -> line.contains("{ 192.0.2.21"));
  }

  @Test
  void whereTheRouteCannotBeHadNothingIs() throws Exception {
    host.withIp(directory, "echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2");
    start();

    assertThat(keep("127.0.0.1").cause()).hasMessageContaining("Operation not permitted");

    host.withoutIp();
    capture.close();
    capture = new Capture(host);
    start();
    assertThat(keep("127.0.0.1").cause()).hasMessageContaining("iproute2");
  }

  @Test
  void aRouteThatSomebodyTakesAwayIsSetUpAgain() throws Exception {
    start();
    Files.delete(directory.resolve("ip-4"));

    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("ip-4")));
  }

  @Test
  void aTableThatIsLoadedLaterBringsTheRouteAndLeavesIt() throws Exception {
    start(YAML.replace("2180", "218").replace("open", "closed"));
    assertThat(keep("127.0.0.1").cause()).hasMessageContaining("do not stay on this host");

    Files.createFile(directory.resolve("table")); // but no route, for whatever reason

    await().atMost(PATIENCE).until(() -> keep("127.0.0.1").isSuccess());

    Files.delete(directory.resolve("table")); // sessions go on
    Files.delete(directory.resolve("ip-4"));
    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("ip-4")));
  }

  @Test
  void atItsEndItTakesAllAway() throws Exception {
    start();
    assertThat(directory.resolve("ip-4")).exists();
    keep("127.0.0.1");

    capture.close();

    assertThat(told()).contains("delete table inet culvert_answers");
    assertThat(told().indexOf("add" + ELEMENT + " }"))
        .isLessThan(told().lastIndexOf("delete table inet culvert_answers"));
    assertThat(directory.resolve("ip-4")).doesNotExist();
  }
}
