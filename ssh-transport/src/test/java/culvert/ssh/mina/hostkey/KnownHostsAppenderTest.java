package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KnownHostsAppenderTest {
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

  /** The system's lock ends when anybody in the process closes the file, readers too. */
  @Test
  void whoReadsMeanwhileTakesTheLockFromNobody() throws Exception {
    Path file = Files.writeString(directory.resolve("known_hosts"), "# mine\n");
    KnownHostsCache cache = new KnownHostsCache(Clock.systemUTC());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> reading = new ArrayList<>();
      boolean lockedByAnother =
          KnownHostsFile.append(
              file,
              now -> {
                reading.add(threads.submit(() -> KnownHosts.load(List.of(file))));
                reading.add(threads.submit(() -> cache.get(file)));
                return new KnownHostsFile.Decision<>(List.of(), locksInAnotherProcess(file));
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
