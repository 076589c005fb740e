package culvert.proxy.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuditSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTrailTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CAPACITY = 4;
  private static final int OCTETS = 1 << 20;

  /** A disk in memory that can be full. */
  private static final class Disk implements TrailOut {
    private final List<byte[]> lines = new CopyOnWriteArrayList<>();
    private final AtomicInteger forced = new AtomicInteger();
    private final AtomicInteger defects = new AtomicInteger();
    private final AtomicInteger followed = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger unforceable = new AtomicInteger();
    private final CountDownLatch answers = new CountDownLatch(1);
    private volatile boolean full;
    private volatile boolean hangs;
    private volatile boolean closed;

    @Override
    public String name() {
      return "disk";
    }

    @Override
    public void append(byte[] line) throws IOException {
      if (defects.getAndDecrement() > 0) {
        throw new IllegalStateException("a defect");
      }
      if (hangs) {
        awaitUninterruptibly();
      }
      if (full) {
        refused.incrementAndGet();
        throw new IOException("No space left on device");
      }
      lines.add(line);
    }

    private void awaitUninterruptibly() {
      try {
        answers.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void force() throws IOException {
      if (unforceable.getAndDecrement() > 0) {
        throw new IOException("Input/output error");
      }
      forced.incrementAndGet();
    }

    @Override
    public void follow() {
      followed.incrementAndGet();
    }

    @Override
    public void close() {
      closed = true;
    }

    List<TrailLine> read() {
      return lines.stream().map(line -> Events.line("disk", 1, line)).toList();
    }

    List<String> events() {
      return read().stream().map(line -> line.text("event").orElseThrow()).toList();
    }
  }

  private final Disk disk = new Disk();

  private AuditTrail trail(boolean waits) {
    return AuditTrail.to(
        disk,
        new AuditChain("here", Events.BOOT, LineHash.NONE),
        InstantSource.system(),
        new AuditQueue.Bound(CAPACITY, OCTETS),
        waits);
  }

  private static void record(AuditTrail trail, int count) {
    for (int i = 0; i < count; i++) {
      trail.record(Events.event(AuditCode.JOB_ENDED, i));
    }
  }

  @Test
  void whatWasRecordedIsThereWhenItCloses() {
    AuditTrail trail = trail(true);
    record(trail, 10 * CAPACITY);
    trail.close();
    trail.close();

    assertThat(disk.read()).hasSize(10 * CAPACITY);
    assertThat(disk.closed).isTrue();
    assertThat(disk.forced).hasPositiveValue();
    assertThat(Events.faults(disk.lines)).isEmpty();
  }

  @Test
  void whatWasRecordedIsForcedToTheDiskSoon() {
    try (AuditTrail trail = trail(false)) {
      record(trail, 1);

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.forced).hasPositiveValue());
      assertThat(disk.read()).hasSize(1);
    }
  }

  @Test
  void aFullDiskLosesWhatDoesNotFitAndSaysSo() {
    try (AuditTrail trail = trail(false)) {
      disk.full = true;
      record(trail, 1);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.isFailing()).isTrue());
      record(trail, CAPACITY + 7);
      assertThat(trail.lost()).isEqualTo(7);
      AtomicInteger begun = new AtomicInteger();
      trail.whenRoom(begun::incrementAndGet);
      assertThat(begun).as("jobs go on").hasValue(1);
      disk.full = false;

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.read()).hasSize(CAPACITY + 2));
      assertThat(disk.events()).containsOnlyOnce("audit.lost");
      TrailLine lost =
          disk.read().stream()
              .filter(line -> line.text("event").orElse("").equals("audit.lost"))
              .findAny()
              .orElseThrow();
      assertThat(lost.number("lost")).contains(7L);
      assertThat(lost.text("code")).contains("CV0101");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.isFailing()).isFalse());
    }
    assertThat(Events.faults(disk.lines)).isEmpty();
  }

  @Test
  void fewLongEventsFillTheMemoryToo() {
    disk.full = true;
    try (AuditTrail trail = trail(false)) {
      record(trail, 1);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.isFailing()).isTrue());
      for (int i = 0; i < CAPACITY; i++) {
        trail.record(longEvent(OCTETS / 2));
      }
      assertThat(trail.lost()).isEqualTo(CAPACITY - 1);
      disk.full = false;

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(disk.events()).contains("audit.lost"));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.isFailing()).isFalse());
      for (int i = 0; i < 3 * CAPACITY; i++) { // there is room again
        int before = disk.lines.size();
        trail.record(longEvent(OCTETS / 2));
        await().atMost(PATIENCE).until(() -> disk.lines.size() > before);
      }
      assertThat(trail.lost()).isEqualTo(CAPACITY - 1);
    }
    assertThat(Events.faults(disk.lines)).isEmpty();
  }

  @Test
  void whereJobsAreToWaitFewLongEventsCloseTheGateToo() {
    disk.full = true;
    try (AuditTrail trail = trail(true)) {
      trail.record(longEvent(OCTETS));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.isFailing()).isTrue());
      trail.record(longEvent(OCTETS));
      assertThat(trail.lost()).isZero();
      assertThat(trail.holdsUpJobs()).isTrue();
      disk.full = false;

      await().atMost(PATIENCE).until(() -> !trail.holdsUpJobs());
      assertThat(trail.lost()).isZero();
    }
  }

  private static AuditEvent longEvent(int length) {
    return new AuditEvent(AuditCode.JOB_ENDED, Events.TIME, Map.of("detail", "x".repeat(length)));
  }

  @Test
  void whatWasKeptComesBeforeTheWordOfWhatWasLost() {
    disk.full = true;
    try (AuditTrail trail = trail(false)) {
      trail.record(Events.event(AuditCode.START, 0));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.isFailing()).isTrue());
      record(trail, CAPACITY + 1);
      disk.full = false;

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(disk.events()).contains("audit.lost"));
    }
    assertThat(disk.events()).startsWith("start", "audit.lost").endsWith("job.ended");
  }

  @Test
  void whereJobsAreToWaitAFullDiskKeepsThemAndLosesNothing() {
    try (AuditTrail trail = trail(true)) {
      disk.full = true;
      record(trail, 1);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.refused).hasPositiveValue());
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.isFailing()).isTrue());
      record(trail, 10 * CAPACITY);
      AtomicInteger begun = new AtomicInteger();
      trail.whenRoom(begun::incrementAndGet);
      assertThat(begun).hasValue(0);
      disk.full = false;

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(begun).hasValue(1));
      assertThat(trail.lost()).isZero();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(disk.read()).hasSize(10 * CAPACITY + 1));
    }
  }

  @Test
  void anEndWithAFullDiskDoesNotHang() {
    disk.full = true;
    AuditTrail trail = trail(false);
    record(trail, 3);
    trail.close();

    assertThat(trail.lost()).isEqualTo(3);
    assertThat(disk.closed).isTrue();
  }

  @Test
  void aLineThatCannotBeForcedToTheDiskIsNotWrittenTwice() {
    disk.unforceable.set(2);
    try (AuditTrail trail = trail(false)) {
      record(trail, 1);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.forced).hasPositiveValue());
      record(trail, 1);
    }
    assertThat(disk.lines).hasSize(2);
    assertThat(Events.faults(disk.lines)).isEmpty();
  }

  @Test
  void whatIsThereIsForcedToTheDiskThoughNothingMoreFits() {
    try (AuditTrail trail = trail(false)) {
      record(trail, 1);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.lines).hasSize(1));
      disk.full = true;
      record(trail, 1);

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.forced).hasPositiveValue());
    }
  }

  @Test
  void aDiskThatAnswersNothingKeepsNobodyFromEnding() {
    disk.hangs = true;
    AuditTrail trail = trail(false);
    record(trail, 2);
    long begun = System.nanoTime();
    trail.close();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    disk.answers.countDown();
  }

  @Test
  void whoHasGoneWaitsForNoRoom() {
    try (AuditTrail trail = trail(true)) {
      disk.full = true;
      record(trail, 1);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.holdsUpJobs()).isTrue());
      AtomicInteger gone = new AtomicInteger();
      AtomicInteger begun = new AtomicInteger();
      trail.whenRoom(gone::incrementAndGet).run();
      trail.whenRoom(begun::incrementAndGet);
      disk.full = false;

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(begun).hasValue(1));
      assertThat(gone).hasValue(0);
      assertThat(trail.holdsUpJobs()).isFalse();
    }
  }

  @Test
  void whoAsksForItHasTheFileOpenedAnewAtOnce() {
    try (AuditTrail trail = trail(false)) {
      for (int i = 1; i <= 20; i++) {
        int before = disk.followed.get();
        trail.reopen();
        await()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(disk.followed).hasValueGreaterThan(before));
      }
    }
  }

  @Test
  void aTrailThatIsPutAsideWhileItEndsIsWhole(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("audit.jsonl");
    AuditSettings settings =
        new AuditSettings(file, 2_000, Duration.ofDays(1), true, AuditSettings.OnFull.DROP);
    for (UUID boot : List.of(Events.BOOT, Events.OTHER_BOOT)) {
      AuditTrail trail = AuditTrail.open(settings, boot);
      record(trail, 200);
      trail.close();
      assertThat(trail.lost()).isZero();
    }

    assertThat(Events.read(file)).hasSize(400);
    assertThat(Events.faults(file)).isEmpty();
  }

  @Test
  void aDefectKeepsTheWriterFromNothing() {
    disk.defects.set(1);
    try (AuditTrail trail = trail(false)) {
      record(trail, 3);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.lines).hasSize(3));
    }
    assertThat(Events.faults(disk.lines)).isEmpty();
  }

  @Test
  void nobodyWaitsForAFullDiskWhenCulvertEnds() {
    disk.full = true;
    AuditTrail trail = trail(true);
    record(trail, 1);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(trail.holdsUpJobs()).isTrue());
    AtomicInteger begun = new AtomicInteger();
    trail.whenRoom(begun::incrementAndGet);
    trail.letEverybodyIn();
    assertThat(begun).hasValue(1);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(disk.refused).hasValueGreaterThan(1));
    trail.whenRoom(begun::incrementAndGet);
    trail.close();

    assertThat(begun).hasValue(2);
    assertThat(trail.lost()).isEqualTo(1);
  }
}
