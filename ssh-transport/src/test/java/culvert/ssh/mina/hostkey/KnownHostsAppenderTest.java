package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import culvert.ssh.mina.hostkey.KnownHostsFile.Decision;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KnownHostsAppenderTest {
  private static final KnownHostsFile.Pause NO_PAUSE = () -> {};

  @TempDir Path directory;

  private static HostKeyVerdict append(Path file, String host, int port, HostKey key)
      throws IOException {
    return KnownHostsAppender.append(List.of(file), LookupNames.of(host, port), key);
  }

  @Test
  void directoryAndFileAreMadeForTheirOwnerOnly() throws Exception {
    Path file = directory.resolve("new/.ssh/known_hosts");

    HostKeyVerdict verdict = append(file, "FTP.example", 2222, Keys.ED25519);

    assertThat(verdict).isInstanceOf(HostKeyVerdict.NewAccepted.class);
    assertThat(file).hasContent("[ftp.example]:2222 " + Keys.text("ed25519") + "\n");
    assumeThat(file.getFileSystem().supportedFileAttributeViews()).contains("posix");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void whatRootCreatesBelongsToTheDirectorysOwner() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
    assumeThat(Files.getAttribute(directory, "unix:uid")).isEqualTo(0);
    Files.setAttribute(directory, "unix:uid", 54_321);
    Files.setAttribute(directory, "unix:gid", 54_322);
    Path file = directory.resolve("known_hosts");
    Path nested = directory.resolve("a/b/known_hosts");

    append(file, "ftp.example", 22, Keys.ED25519);
    append(nested, "ftp.example", 22, Keys.ED25519);

    assertThat(List.of(file, nested, nested.getParent(), directory.resolve("a")))
        .allSatisfy(
            created -> {
              assertThat(Files.getAttribute(created, "unix:uid")).isEqualTo(54_321);
              assertThat(Files.getAttribute(created, "unix:gid")).isEqualTo(54_322);
            });
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileThatIsThereKeepsItsOwner() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
    assumeThat(Files.getAttribute(directory, "unix:uid")).isEqualTo(0);
    Path file = Files.createFile(directory.resolve("known_hosts"));
    Files.setAttribute(directory, "unix:uid", 54_321);

    append(file, "ftp.example", 22, Keys.ED25519);

    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);
  }

  @Test
  void whatALinkLeadsToBelongsToWhoseDirectoryItIsIn() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
    assumeThat(Files.getAttribute(directory, "unix:uid")).isEqualTo(0);
    Path theirs = Files.createDirectory(directory.resolve("theirs"));
    Path target = directory.resolve("ours");
    Path link = Files.createSymbolicLink(theirs.resolve("known_hosts"), target);
    Files.setAttribute(theirs, "unix:uid", 54_321);

    append(link, "ftp.example", 22, Keys.ED25519);

    assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(0);
  }

  @Test
  void aLastLineWithoutNewlineStaysWhole() throws Exception {
    Path file = directory.resolve("known_hosts");
    String before = "other " + Keys.text("rsa");
    Files.writeString(file, before);

    append(file, "ftp.example", 22, Keys.ED25519);

    assertThat(Files.readString(file))
        .isEqualTo(before + "\nftp.example " + Keys.text("ed25519") + "\n");
  }

  @Test
  void aKeyThatIsThereIsNotWrittenAgain() throws Exception {
    Path file = directory.resolve("known_hosts");
    append(file, "ftp.example", 22, Keys.ED25519);
    String before = Files.readString(file);

    assertThat(append(file, "ftp.example", 22, Keys.ED25519))
        .isEqualTo(
            new HostKeyVerdict.Known(
                "ftp.example", new KnownKey(Keys.ED25519, file, 1), List.of()));
    assertThat(file).hasContent(before);
  }

  @Test
  void aKeyThatSomebodyElseWroteMeanwhileWins() throws Exception {
    Path file = directory.resolve("known_hosts");
    append(file, "ftp.example", 22, Keys.OTHER_ED25519);
    String before = Files.readString(file);

    HostKeyVerdict verdict = append(file, "ftp.example", 22, Keys.ED25519);

    assertThat(verdict).isInstanceOf(HostKeyVerdict.Changed.class);
    assertThat(verdict.accepted()).isFalse();
    assertThat(file).hasContent(before);
  }

  @Test
  void aFileThatCannotBeWrittenIsAnError() {
    assertThatThrownBy(() -> append(directory, "h", 22, Keys.ED25519))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aLinkStaysAndItsTargetIsWritten() throws Exception {
    Path target = directory.resolve("dotfiles/hosts");
    Files.createDirectory(target.getParent());
    Path link = Files.createSymbolicLink(directory.resolve("known_hosts"), target);

    append(link, "first.example", 22, Keys.ED25519);
    append(link, "second.example", 22, Keys.ED25519);

    assertThat(link).isSymbolicLink();
    assertThat(Files.readAllLines(target))
        .containsExactly(
            "first.example " + Keys.text("ed25519"), "second.example " + Keys.text("ed25519"));
  }

  private static <T> T append(Path file, Function<KnownHosts, Decision<T>> decision)
      throws IOException {
    return KnownHostsFile.append(file, KnownHostsFile.PATIENCE, NO_PAUSE, decision);
  }

  private static void appendAsSshDoes(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatSomebodyAppendsWithoutALockMeanwhileStaysAndCounts() throws Exception {
    Path file = Files.writeString(directory.resolve("known_hosts"), "# mine\n");
    String theirs = "ftp.example " + Keys.text("rsa") + "\n";
    List<Boolean> known = new ArrayList<>();

    append(
        file,
        now -> {
          known.add(now.lookup("ftp.example", 22).judge(Keys.RSA, false).accepted());
          if (known.size() == 1) {
            appendAsSshDoes(file, theirs);
          }
          return new Decision<>(List.of("# ours"), "");
        });

    assertThat(known).containsExactly(false, true);
    assertThat(file).hasContent("# mine\n" + theirs + "# ours\n");
  }

  @Test
  void aFileThatNeverStaysIsGivenUp() throws Exception {
    Path file = Files.createFile(directory.resolve("known_hosts"));

    assertThatThrownBy(
            () ->
                append(
                    file,
                    now -> {
                      appendAsSshDoes(file, "# more\n");
                      return new Decision<>(List.of("# ours"), "");
                    }))
        .hasMessage("changes all the time");
    assertThat(Files.readString(file)).doesNotContain("ours");
  }

  @Test
  void halfALineThatBecomesWholeIsReadAsAWholeOne() throws Exception {
    String line = "ftp.example " + Keys.text("rsa") + "\n";
    Path file = Files.writeString(directory.resolve("known_hosts"), line.substring(0, 20));
    KnownHostsFile.Pause pause = () -> Files.writeString(file, line);

    assertThat(KnownHostsFile.read(file, pause).unreadable()).isEmpty();

    Files.writeString(file, line.substring(0, 20));
    HostKeyVerdict verdict =
        KnownHostsFile.append(
            file,
            KnownHostsFile.PATIENCE,
            pause,
            now ->
                new Decision<>(
                    List.of("# ours"), now.lookup("www.example", 22).judge(Keys.RSA, true)));
    assertThat(verdict.accepted()).isTrue();
    assertThat(file).hasContent(line + "# ours\n");
  }

  @Test
  void halfALineThatStaysIsWaitedForOnceAndCountsAsUnreadable() throws Exception {
    Path file = Files.writeString(directory.resolve("known_hosts"), "# mine\nftp.exa");
    AtomicInteger pauses = new AtomicInteger();

    assertThat(KnownHostsFile.read(file, pauses::incrementAndGet).unreadable()).isPresent();
    assertThat(pauses).hasValue(1);

    HostKeyVerdict verdict =
        KnownHostsFile.append(
            file,
            KnownHostsFile.PATIENCE,
            pauses::incrementAndGet,
            now -> new Decision<>(List.of(), now.lookup("www.example", 22).judge(Keys.RSA, true)));
    assertThat(verdict).isInstanceOf(HostKeyVerdict.PerhapsKnown.class);
    assertThat(pauses).hasValue(2);

    Files.writeString(file, "ftp.exa\n");
    KnownHostsFile.read(file, pauses::incrementAndGet);
    assertThat(pauses).as("a whole line is never waited for").hasValue(2);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @Test
  void whoWaitsForAnotherProcessKeepsNoThreadFromTheFile() throws Exception {
    Path file = Files.writeString(directory.resolve("known_hosts"), "# mine\n");
    ExecutorService threads = Executors.newSingleThreadExecutor();
    CountDownLatch waiting = new CountDownLatch(1);
    CountDownLatch read = new CountDownLatch(1);
    try {
      Future<String> appended;
      try (LockHolder holder = LockHolder.of(file)) {
        appended =
            threads.submit(
                () ->
                    KnownHostsFile.append(
                        file,
                        Duration.ofSeconds(30),
                        () -> {
                          waiting.countDown();
                          await(read);
                        },
                        now -> new Decision<>(List.of("# ours"), "done")));
        await(waiting);
        KnownHostsFile.read(file);
        assertThat(holder.holds()).isTrue();
      }
      read.countDown();
      assertThat(appended.get(30, TimeUnit.SECONDS)).isEqualTo("done");
    } finally {
      threads.shutdownNow();
    }
    assertThat(file).hasContent("# mine\n# ours\n");
  }

  /** The system's lock ends when anybody in the process closes the file, readers too. */
  @Test
  void whoReadsMeanwhileTakesTheLockFromNobody() throws Exception {
    Path file = Files.writeString(directory.resolve("known_hosts"), "# mine\n");
    KnownHostsCache cache = new KnownHostsCache(Clock.systemUTC(), System::nanoTime);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> reading = new ArrayList<>();
      boolean lockedByAnother =
          append(
              file,
              now -> {
                reading.add(threads.submit(() -> KnownHosts.load(List.of(file))));
                reading.add(threads.submit(() -> cache.get(file)));
                return new Decision<>(List.of(), locksInAnotherProcess(file));
              });

      assertThat(lockedByAnother).isFalse();
      for (Future<?> reader : reading) {
        reader.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean locksInAnotherProcess(Path file) {
    try (LockHolder other = LockHolder.of(file)) {
      return other.holds();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void manyThreadsLoseNoLineAndWriteNoneTwice() throws Exception {
    Path file = directory.resolve("known_hosts");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        running.add(
            threads.submit(
                () -> {
                  start.await();
                  for (int host = 0; host < 20; host++) {
                    append(file, "host" + host, 22, Keys.ED25519);
                  }
                  return null;
                }));
      }
      start.countDown();
      for (Future<?> one : running) {
        one.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(Files.readAllLines(file)).hasSize(20).doesNotHaveDuplicates();
  }
}
