package culvert.it.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.KeyFiles;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The file of known hosts among other processes, and where it may not be touched. */
@RealPeers
@Timeout(180)
@AnyTransport
class KnownHostsFileIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int HOSTS = 200;

  @TempDir private Path directory;
  private String key;
  private Path file;

  @BeforeEach
  void makeKey() throws Exception {
    key = KeyFiles.publicKey(new KeyFiles(directory).pair("key", "ed25519"));
    file = directory.resolve("known_hosts");
  }

  private static String run(List<String> command) {
    Run<String> run = Run.text(DEADLINE, command);
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run.output().strip();
  }

  /** A file of another owner that this process's user is let into by its mode only. */
  private void foreign(Path path, String permissions) throws Exception {
    TestAccount.give(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private String unprivileged(int count) {
    return run(KnownHostsProgram.unprivileged(KnownHostsProgram.command(file, key, count)));
  }

  @Test
  void severalProcessesLoseNoLineAndWriteNoneTwice() throws Exception {
    List<CompletableFuture<String>> running = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      running.add(
          CompletableFuture.supplyAsync(
              () -> run(KnownHostsProgram.command(file, key, HOSTS)),
              task -> new Thread(task, "process").start()));
    }
    for (CompletableFuture<String> one : running) {
      assertThat(one.get()).isEmpty();
    }
    assertThat(Files.readAllLines(file))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, HOSTS).mapToObj(i -> "host" + i + " " + key).toList());
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aFileThatMayNotBeReadFailsClosed() throws Exception {
    Files.writeString(file, "host0 " + key + "\n");
    foreign(file, "rw-------");

    assertThat(unprivileged(1))
        .isEqualTo("known hosts file " + file + " cannot be read: permission denied");
    assertThat(run(KnownHostsProgram.command(file, key, 1))).as("with all rights").isEmpty();
  }

  @Test
  void aFileInADirectoryThatMayNotBeEnteredFailsClosed() throws Exception {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    file = Files.writeString(closed.resolve("known_hosts"), "host0 " + key + "\n");
    foreign(closed, "rwx------");

    assertThat(unprivileged(1))
        .isEqualTo("known hosts file " + file + " cannot be read: permission denied");
  }

  @Test
  void aFileThatMayOnlyBeReadStaysAsItIs() throws Exception {
    String before = "www.example " + key + "\n";
    Files.writeString(file, before);
    foreign(file, "r--r--r--");

    assertThat(unprivileged(1)).contains(file.toString());
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void aDirectoryThatMayNotBeWrittenGetsNoFile() throws Exception {
    Path closed = Files.createDirectory(directory.resolve("read-only"));
    file = closed.resolve("known_hosts");
    foreign(closed, "r-xr-xr-x");

    assertThat(unprivileged(1)).contains(file.toString());
    assertThat(file).doesNotExist();
  }

  @Test
  void aFullDiskLeavesNoHalfLine() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    run(List.of("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk.toString()));
    try {
      file = disk.resolve("known_hosts");
      String before = "#".repeat(4059) + "\n";
      Files.writeString(file, before);

      assertThat(run(KnownHostsProgram.command(file, key, 1))).contains("No space left on device");
      assertThat(Files.readString(file)).isEqualTo(before);
    } finally {
      run(List.of("umount", disk.toString()));
    }
  }
}
