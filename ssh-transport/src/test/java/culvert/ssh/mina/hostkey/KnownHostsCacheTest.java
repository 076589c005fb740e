package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.config.HostKeyPolicy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Each file is read once for each change; how often is told by the log. */
@Timeout(240)
class KnownHostsCacheTest {
  private static final String BAD_LINE = "cut\n";
  private static final LookupNames NAMES = LookupNames.of("ftp.example", 22);

  @TempDir Path directory;
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final ListAppender<ILoggingEvent> warned = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(KnownHostsFile.class);
  private final Logger warnings = (Logger) LoggerFactory.getLogger(KnownHosts.class);
  private final @Nullable Level before = logger.getLevel();

  /** Every file is as old as it must be. */
  private final Clock later = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(10));

  private final HostKeyStore store = new HostKeyStore(later, System::nanoTime);
  private Path file;

  @BeforeEach
  void listen() throws IOException {
    file = Files.writeString(directory.resolve("known_hosts"), BAD_LINE + line("ed25519"));
    said.list = new CopyOnWriteArrayList<>();
    said.start();
    logger.addAppender(said);
    logger.setLevel(Level.DEBUG);
    warned.start();
    warnings.addAppender(warned);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(said);
    logger.setLevel(before);
    warnings.detachAppender(warned);
  }

  private static String line(String key) {
    return "ftp.example " + Keys.text(key) + "\n";
  }

  private static HostKeyPolicy policy(Path... files) {
    return new HostKeyPolicy(true, List.of(files), Optional.empty(), false);
  }

  private boolean isKnown(HostKey key) throws IOException {
    return store.lookup(policy(file), NAMES).judge(key, false).accepted();
  }

  private int timesRead() {
    return timesRead(file);
  }

  private int timesRead(Path one) {
    return (int)
        said.list.stream()
            .filter(event -> event.getFormattedMessage().endsWith(" octets of " + one))
            .count();
  }

  /** So that the change shows in the change time, whatever that is counted in. */
  private void awaitNewChangeTime(FileTime before) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Path other = Files.writeString(directory.resolve("now"), "");
              return Files.getLastModifiedTime(other).compareTo(before) > 0;
            });
  }

  @Test
  void aFileThatStaysIsReadOnceForAllProfilesAndThreads() throws Exception {
    Path system = Files.createFile(directory.resolve("system"));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<KnownHost>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        HostKeyPolicy profile = i % 2 == 0 ? policy(file) : policy(system, file);
        all.add(threads.submit(() -> store.lookup(profile, NAMES)));
      }
      for (Future<KnownHost> one : all) {
        assertThat(one.get(60, TimeUnit.SECONDS).judge(Keys.ED25519, false).accepted()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(timesRead()).isEqualTo(1);
  }

  @Test
  void aChangeIsSeen() throws Exception {
    assertThat(isKnown(Keys.RSA)).isFalse();
    Files.writeString(file, BAD_LINE + line("rsa"));

    assertThat(isKnown(Keys.RSA)).isTrue();
    assertThat(isKnown(Keys.ED25519)).isFalse();
    assertThat(timesRead()).isEqualTo(2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aChangeInPlaceThatHidesItsTimeIsSeen() throws Exception {
    FileTime before = Files.getLastModifiedTime(file);
    assertThat(isKnown(Keys.ED25519)).isTrue();
    awaitNewChangeTime(before);
    Files.writeString(file, Files.readString(file).replace("ftp.example", "www.example"));
    Files.setLastModifiedTime(file, before);

    assertThat(isKnown(Keys.ED25519)).isFalse();
  }

  @Test
  void anotherFileOfTheSameSizeAndTimeInItsPlaceIsSeen() throws Exception {
    assertThat(isKnown(Keys.ED25519)).isTrue();
    Path other =
        Files.writeString(
            directory.resolve("other"),
            Files.readString(file).replace("ftp.example", "www.example"));
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(isKnown(Keys.ED25519)).isFalse();
  }

  @Test
  void aFileThatGoesAndComesIsSeen() throws Exception {
    assertThat(isKnown(Keys.ED25519)).isTrue();
    String content = Files.readString(file);
    Files.delete(file);
    assertThat(isKnown(Keys.ED25519)).isFalse();
    Files.writeString(file, content);
    assertThat(isKnown(Keys.ED25519)).isTrue();
  }

  /** Of the content, or of what stands in place of that in the file system. */
  private Instant changed() throws IOException {
    FileTime modified = Files.getLastModifiedTime(file);
    if (!Files.getFileStore(file).supportsFileAttributeView("unix")) {
      return modified.toInstant();
    }
    FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
    return changed.compareTo(modified) > 0 ? changed.toInstant() : modified.toInstant();
  }

  @Test
  void aFileThatHasJustChangedIsReadAgainSinceTheNextChangeMayLeaveNoTrace() throws Exception {
    Instant settled = changed().plusSeconds(2);
    HostKeyStore soon = new HostKeyStore(Clock.fixed(settled, ZoneOffset.UTC), () -> 0);

    soon.lookup(policy(file), NAMES);
    soon.lookup(policy(file), NAMES);

    assertThat(timesRead()).isEqualTo(2);
    assertThat(warned.list).as("once for each change").hasSize(1);

    HostKeyStore then =
        new HostKeyStore(Clock.fixed(settled.plusNanos(1), ZoneOffset.UTC), () -> 0);
    then.lookup(policy(file), NAMES);
    then.lookup(policy(file), NAMES);

    assertThat(timesRead()).isEqualTo(3);
  }

  @Test
  void aTimeThatIsYetToComeCountsWhenItHasStayed() throws Exception {
    AtomicLong nanoTime = new AtomicLong();
    HostKeyStore behind =
        new HostKeyStore(Clock.offset(Clock.systemUTC(), Duration.ofDays(-1)), nanoTime::get);
    behind.lookup(policy(file), NAMES);
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    behind.lookup(policy(file), NAMES);
    assertThat(timesRead()).as("the next change might leave no trace").isEqualTo(2);

    nanoTime.incrementAndGet();
    for (int i = 0; i < 5; i++) {
      behind.lookup(policy(file), NAMES);
    }
    assertThat(timesRead()).isEqualTo(3);
    assertThat(warned.list).hasSize(1);

    Files.writeString(file, BAD_LINE + line("rsa"));
    assertThat(behind.lookup(policy(file), NAMES).judge(Keys.RSA, false).accepted()).isTrue();
    assertThat(timesRead()).isEqualTo(4);
    assertThat(warned.list).as("a change").hasSize(2);
  }

  @Test
  void aFileThatIsTooLargeFailsClosedAndIsNotRead() throws Exception {
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(KnownHostsText.MAX_OCTETS + 1L);
    }

    assertThatThrownBy(() -> store.lookup(policy(file), NAMES))
        .isInstanceOf(IOException.class)
        .hasMessage("known hosts file " + file + " cannot be read: larger than 16 MiB");
    assertThatThrownBy(() -> KnownHosts.load(List.of(file)))
        .hasMessage("known hosts file " + file + " cannot be read: larger than 16 MiB");
    assertThatThrownBy(() -> FirstLogin.succeeds(store, List.of(file), NAMES, Keys.RSA, "client"))
        .isInstanceOf(IOException.class);
    assertThat(timesRead()).isZero();
  }

  @Test
  void noFileGrowsPastItsLimitByWhatIsAdded() throws Exception {
    byte[] full = new byte[KnownHostsText.MAX_OCTETS - 50];
    Arrays.fill(full, (byte) '\n');
    Files.write(file, full);

    assertThat(FirstLogin.succeeds(store, List.of(file), NAMES, Keys.RSA, "client").accepted())
        .isTrue();

    assertThat(Files.size(file)).isEqualTo(full.length);
    assertThat(store.lookup(policy(file), NAMES).judge(Keys.ED25519, true).accepted())
        .as("it is kept in mind")
        .isFalse();
  }

  @Test
  void whatIsKeptIsBounded() throws Exception {
    KnownHostsCache cache = new KnownHostsCache(later, System::nanoTime);
    Path first = Files.writeString(directory.resolve("first"), BAD_LINE);
    cache.get(first);
    for (int i = 0; i < 200; i++) {
      Path missing = directory.resolve("missing" + i);
      assertThatThrownBy(() -> cache.get(missing)).isInstanceOf(NoSuchFileException.class);
    }
    cache.get(first);
    assertThat(timesRead(first)).as("forgotten for others").isEqualTo(2);

    byte[] large = new byte[KnownHostsText.MAX_OCTETS];
    Arrays.fill(large, (byte) '\n');
    for (int i = 0; i < 5; i++) {
      cache.get(Files.write(directory.resolve("large" + i), large));
    }
    cache.get(first);
    assertThat(timesRead(first)).as("forgotten for larger ones").isEqualTo(3);
  }
}
