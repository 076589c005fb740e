package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a shell script in place of nft, which answers as nft does. */
class NftSessionTest {
  private static final String SCRIPT =
      """
      log="$(dirname "$0")/log"
      while read -r line; do
        case "$line" in
          culvert-barrier)
            printf 'Error: syntax error, unexpected newline\\n%s\\n          ^\\n' "$line" ;;
          *wrong*)
            printf 'Error: No such file or directory\\n%s\\n ^^^^\\n' "$line" ;;
          *die*) exit 1 ;;
          *) echo "$line" >>"$log" ;;
        esac
      done
      echo end >>"$log"
      """;

  @TempDir private Path directory;
  private NftSession session;

  private NftSession start(List<String> first, List<String> restored) throws IOException {
    return start(first, () -> restored);
  }

  private NftSession start(List<String> first, Supplier<List<String>> restored) throws IOException {
    Nft nft = new FakeCaptureHost().withNft(directory, SCRIPT).nft().orElseThrow();
    session = NftSession.start(nft, first, restored);
    return session;
  }

  @AfterEach
  void end() {
    if (session != null) {
      session.close();
    }
  }

  private List<String> told() throws IOException {
    return Files.readAllLines(directory.resolve("log"));
  }

  private static void await(CompletableFuture<Void> done) throws Exception {
    done.get(30, TimeUnit.SECONDS);
  }

  @Test
  void whatBelongsTogetherIsOneLineBehindWhatKeepsSessionsAlive() throws Exception {
    start(List.of("add a", "add b"), List.of());

    await(session.run(List.of("add c", "delete d")));

    assertThat(told()).hasSize(3);
    assertThat(told().get(0))
        .startsWith("add table inet culvert_keep { flags owner; }; ")
        .endsWith("add rule inet culvert_keep addresses tcp dport 0 redirect to :1");
    assertThat(told().subList(1, 3)).containsExactly("add a; add b", "add c; delete d");
  }

  @Test
  void aRefusalIsOneOrdersAndNotTheNextOnes() throws Exception {
    start(List.of(), List.of());
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(session.run(List.of((i % 2 == 0 ? "right " : "wrong ") + i)));
    }

    for (int i = 0; i < all.size(); i += 2) {
      await(all.get(i));
      CompletableFuture<Void> wrong = all.get(i + 1);
      assertThatThrownBy(() -> await(wrong))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("nft: Error: No such file or directory");
    }
    assertThat(session.restarts()).isZero();
  }

  @Test
  void oneThatHasEndedIsStartedAnewAndToldWhatTheLastOneHeld() throws Exception {
    start(List.of("first"), List.of("restored"));

    assertThatThrownBy(() -> await(session.run(List.of("die"))))
        .hasMessageContaining("nft: has ended");
    await(session.run(List.of("after")));

    assertThat(session.restarts()).isEqualTo(2); // it was asked once more
    assertThat(told().get(1)).isEqualTo("first");
    assertThat(told()).endsWith("restored", "after");
  }

  @Test
  void oneThatIsKilledIsReplacedAlthoughNobodyAsks() throws Exception {
    start(List.of("first"), List.of("restored"));

    ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(directory.toString()))
        .forEach(ProcessHandle::destroyForcibly);

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(told()).endsWith("restored"));
  }

  @Test
  void aDefectIsOneOrdersAndNotTheNextOnes() throws Exception {
    AtomicBoolean defect = new AtomicBoolean(true);
    start(
        List.of("first"),
        () -> {
          if (defect.getAndSet(false)) {
            throw new IllegalStateException("a defect");
          }
          return List.of("restored");
        });

    assertThatThrownBy(() -> await(session.run(List.of("die")))).hasMessageContaining("a defect");
    await(session.run(List.of("after")));

    assertThat(told()).endsWith("restored", "after");
  }

  @Test
  void whatCannotBeginIsNotStarted() {
    assertThatThrownBy(() -> start(List.of("wrong"), List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No such file or directory");
  }

  @Test
  void afterItsEndNothingIsDone() throws Exception {
    start(List.of(), List.of());
    session.close();

    assertThatThrownBy(() -> await(session.run(List.of("late"))))
        .hasMessageContaining("Culvert ends");
  }
}
