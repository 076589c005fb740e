package culvert.it;

import static culvert.it.TestFile.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** sshd's sessions die in the middle of a transfer: never is a short file taken for whole. */
@RealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledSshdIT {
  private static final int TIMES = 20;
  private static final long LENGTH = 300L * MIB;

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd().withCulvert();
  private TestFile file; // on the FTP server
  private final long seed = Long.getLong("culvert.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @BeforeEach
  void create() throws Exception {
    file = TestFile.create(peers.home().resolve("file"), LENGTH);
  }

  @Test
  void inADownload() throws Exception {
    int failed = 0;
    for (int round = 0; round < TIMES; round++) {
      Path copy = peers.directory().resolve("copy");
      Files.deleteIfExists(copy);
      CompletableFuture<Run<String>> job =
          CompletableFuture.supplyAsync(
              () -> peers.culvert().curl().text("--output", copy.toString(), peers.url("file")));
      failed += killInTheMiddle(job, copy, round);
      if (job.get().exitCode() == 0) {
        assertThat(Sha256.of(copy)).as(story(round)).isEqualTo(file.content());
      }
    }
    assertThat(failed).as("transfers that the kill hit, seed " + seed).isPositive();
  }

  @Test
  void inAnUpload() throws Exception {
    int failed = 0;
    for (int round = 0; round < TIMES; round++) {
      Path arrived = peers.home().resolve("arrived-" + round);
      CompletableFuture<Run<String>> job =
          CompletableFuture.supplyAsync(
              () ->
                  peers
                      .culvert()
                      .curl()
                      .text(
                          "--upload-file",
                          file.path().toString(),
                          peers.url(arrived.getFileName().toString())));
      failed += killInTheMiddle(job, arrived, round);
      if (job.get().exitCode() == 0) {
        assertThat(Sha256.of(arrived)).as(story(round)).isEqualTo(file.content());
      }
      Files.deleteIfExists(arrived);
    }
    assertThat(failed).as("transfers that the kill hit, seed " + seed).isPositive();
  }

  /** Returns 1 when the client reported an error. */
  private int killInTheMiddle(CompletableFuture<Run<String>> job, Path growing, int round)
      throws Exception {
    long point = (long) (random.nextDouble() * LENGTH);
    await(story(round) + " reaches byte " + point)
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> job.isDone() || length(growing) >= point);
    peers.sshd().killSessions();
    Run<String> run = job.get(60, TimeUnit.SECONDS);
    assertThat(length(growing)).as(story(round) + ": " + run).isGreaterThanOrEqualTo(point);
    return run.exitCode() == 0 ? 0 : 1;
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException notThereYet) {
      return -1;
    }
  }

  private String story(int round) {
    return "transfer " + round + " of seed " + seed + " (-Dculvert.seed=" + seed + ")";
  }
}
