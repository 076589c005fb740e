package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The disk of the audit trail is full, for real: a small file system of its own. */
@RealPeers
class AuditDiskIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int FLOOD = 8_400; // two events each: more than are kept in memory

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  private final AdminPort admin = new AdminPort(FreePorts.next());
  private Path disk;
  private Path trail;
  private Path filler;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(peers.directory().resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=48m,mode=0700", "tmpfs", disk.toString());
    trail = disk.resolve("audit.jsonl");
    filler = disk.resolve("filler");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "--lazy", disk.toString());
  }

  private static void run(String... command) {
    Run<String> run = Run.text(DEADLINE, List.of(command));
    assertThat(run.exitCode()).as(run.errors()).isZero();
  }

  private CulvertProcess culvert(String onFull) throws Exception {
    Path yaml = peers.directory().resolve("culvert.yaml");
    Files.writeString(
        yaml,
        """
        listeners: [{ name: socks, socks: '127.0.0.1:0' }]
        profiles:
          gate: { host: 127.0.0.1, port: %1$d, known-hosts: %2$s, strict-host-key-checking: yes }
        rules:
          - { name: blocked, match: { host: blocked.example }, action: block }
          - { name: jobs, match: { port: %3$d }, action: ftp-tunnel, profile: gate }
        ftp: { ports: [%3$d] }
        pin-tunnelled: false
        state-directory: %4$s
        audit: { on-full: %5$s }
        admin: "%6$s"
        """
            .formatted(
                peers.sshd().port(),
                peers.config().knownHosts(),
                peers.vsftpd().port(),
                disk,
                onFull,
                admin));
    return CulvertProcess.run(yaml, peers.directory().resolve("log"));
  }

  private void fill() throws IOException {
    byte[] block = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left on device");
    }
  }

  private double lost() throws Exception {
    return admin.scrape().number("culvert_audit_lost_total");
  }

  private static void refuse(Socks5 socks) {
    try {
      assertThat(socks.code("blocked.example", 21)).isNotZero();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Run<Sha256> download(CulvertProcess culvert) {
    return CurlClient.through(
            "--socks5-hostname", culvert.port(), TestAccount.USER, TestAccount.password())
        .digest(peers.url("down"));
  }

  private long events(String kind) throws IOException {
    return AuditTrails.events(trail, kind).size();
  }

  private static long occurrences(CulvertProcess culvert, String text) throws IOException {
    return culvert.log().lines().filter(line -> line.contains(text)).count();
  }

  @Test
  void jobsGoOnAndTheTrailGoesOnByItselfWhenThereIsRoom() throws Exception {
    TestFile down = TestFile.create(peers.home().resolve("down"), 10_000);
    try (CulvertProcess culvert = culvert("drop")) {
      fill();
      Socks5 socks = Socks5.through(culvert.port());
      IntStream.range(0, FLOOD).parallel().forEach(i -> refuse(socks));
      assertThat(download(culvert).output()).isEqualTo(down.content());
      await().atMost(DEADLINE).untilAsserted(() -> assertThat(lost()).isPositive());
      assertThat(admin.get("/health").statusCode()).isEqualTo(200);
      assertThat(occurrences(culvert, "the audit trail cannot be written")).isEqualTo(1);
      assertThat(occurrences(culvert, "audit events are lost")).isEqualTo(1);
      Files.delete(filler);

      await().atMost(DEADLINE).untilAsserted(() -> assertThat(events("audit.lost")).isPositive());
      assertThat(download(culvert).output()).isEqualTo(down.content());
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).isZero();
      assertThat(occurrences(culvert, "the audit trail is written again")).isEqualTo(1);
    }
    AuditTrails.assertWhole(trail);
    long told =
        AuditTrails.events(trail, "audit.lost").stream()
            .mapToLong(event -> event.path("lost").asLong())
            .sum();
    long all = events("refused") + events("job.ended") + events("transfer.ended") + told;
    assertThat(all).isEqualTo(2L * FLOOD + 2 * 2); // nothing was lost that is not told
    assertThat(events("stop")).isEqualTo(1);
  }

  @Test
  void jobsWaitAndNothingIsLostWhereThatIsAskedFor() throws Exception {
    TestFile down = TestFile.create(peers.home().resolve("down"), 10_000);
    try (CulvertProcess culvert = culvert("block")) {
      Socks5 socks = Socks5.through(culvert.port());
      fill();
      int refused = refuseUntilJobsWait(socks);
      assertThat(admin.get("/health").body()).isEqualTo("{\"status\":\"audit\"}\n");
      assertThat(occurrences(culvert, "the audit trail cannot be written: new jobs wait"))
          .isEqualTo(1);
      CompletableFuture<Run<Sha256>> waits = CompletableFuture.supplyAsync(() -> download(culvert));
      CompletableFuture<Void> refusals =
          CompletableFuture.runAsync(() -> IntStream.range(0, 20).forEach(i -> refuse(socks)));
      assertThat(admin.get("/health").statusCode()).isEqualTo(503);
      assertThat(waits).isNotDone();
      assertThat(refusals).isNotDone();
      Files.delete(filler);

      assertThat(waits.get(60, TimeUnit.SECONDS).output()).isEqualTo(down.content());
      refusals.get(60, TimeUnit.SECONDS);
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(admin.get("/health").statusCode()).isEqualTo(200));
      assertThat(lost()).isZero();
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).isZero();
      AuditTrails.assertWhole(trail);
      assertThat(events("refused")).isEqualTo(refused + 20L);
      assertThat(AuditTrails.events(trail, "transfer.ended"))
          .singleElement()
          .extracting(event -> event.path("bytes").path("down").asLong())
          .isEqualTo(10_000L);
    }
  }

  @Test
  void culvertEndsSoonThoughJobsWait() throws Exception {
    try (CulvertProcess culvert = culvert("block")) {
      Socks5 socks = Socks5.through(culvert.port());
      fill();
      refuseUntilJobsWait(socks);
      CompletableFuture<Integer> waits =
          CompletableFuture.supplyAsync(() -> download(culvert).exitCode());
      long begun = System.nanoTime();
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
      assertThat(waits.get(60, TimeUnit.SECONDS)).isNotZero();
      assertThat(occurrences(culvert, "Culvert ends, and the trail cannot be written"))
          .isEqualTo(1);
    }
    Files.delete(filler);
    AuditTrails.assertWhole(trail); // but for its end
    List<JsonNode> stops = AuditTrails.events(trail, "stop");
    assertThat(stops).isEmpty();
  }

  /** How many were refused by that, or will be once there is room. */
  private int refuseUntilJobsWait(Socks5 socks) throws Exception {
    for (int asked = 1; asked <= 1_000; asked++) {
      CompletableFuture<Void> refusal = CompletableFuture.runAsync(() -> refuse(socks));
      do {
        if (admin.get("/health").statusCode() == 503) {
          return asked; // the last one may wait, too
        }
      } while (!refusal.isDone());
      refusal.get();
    }
    throw new AssertionError("jobs do not wait");
  }
}
