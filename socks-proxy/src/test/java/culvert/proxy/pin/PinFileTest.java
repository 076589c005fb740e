package culvert.proxy.pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import culvert.proxy.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinFileTest {
  private static final Instant NOW = Instant.parse("2026-11-28T18:52:07Z");

  @TempDir private Path temporary;
  private StateDirectory directory;
  private PinFile file;

  @BeforeEach
  void prepare() throws IOException {
    directory = new StateDirectory(temporary.resolve("above/state"));
    directory.prepare();
    file = new PinFile(directory);
  }

  @ParameterizedTest
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @ValueSource(strings = {"pins", "pins.lock"})
  void aPipeKeepsNobody(String name) throws Exception {
    Path pipe = directory.path().resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(
            () ->
                assertTimeoutPreemptively(
                    Duration.ofSeconds(20), () -> file.add(List.of(pin("ftp.example")))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(pipe.toString())
        .hasMessageContaining("a pipe (expected: a regular file)");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void directoryAndFileAreForTheOwnerOnly() throws IOException {
    file.add(List.of(pin("a")));

    assertThat(permissions(directory.path())).isEqualTo("rwx------");
    assertThat(permissions(directory.path().resolve("pins"))).isEqualTo("rw-------");
    assertThat(permissions(directory.path().resolve("pins.lock"))).isEqualTo("rw-------");
    assertThat(directory.isWritableByOthers()).isFalse();
    Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxrwx---"));
    assertThat(directory.isWritableByOthers()).isTrue();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void rootTakesNothingOutOfSomebodyElsesFile() throws IOException {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    UserPrincipal nobody =
        temporary.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    file.add(List.of(pin("a")));
    Files.delete(directory.path().resolve("pins.lock"));
    Files.setOwner(path(), nobody);

    assertThatThrownBy(() -> file.remove(List.of(PinnedDestination.of("a", 21)), going -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pins: " + path() + " belongs to nobody")
        .hasMessageContaining("sudo -u nobody culvert");

    assertThat(file.read().pins()).hasSize(1);
    try (Stream<Path> files = Files.list(directory.path())) {
      assertThat(files).as("nothing that the proxy could not use").containsExactly(path());
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void rootTakesNothingOutOfItsOwnFileInSomebodyElsesDirectory() throws IOException {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    file.add(List.of(pin("a")));
    Files.setOwner(
        directory.path(),
        temporary.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    assertThatThrownBy(() -> file.remove(List.of(PinnedDestination.of("a", 21)), going -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pins: " + directory.path() + " belongs to nobody");
    assertThat(file.read().pins()).hasSize(1);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whoeverMayWriteTheDirectoryLeadsNobodyToOtherFiles() throws IOException {
    Path other = Files.writeString(temporary.resolve("other"), "not a pin\n");
    Files.createSymbolicLink(directory.path().resolve("pins.lock"), other);
    assertThatThrownBy(() -> file.add(List.of(pin("a")))).isInstanceOf(IOException.class);

    Files.delete(directory.path().resolve("pins.lock"));
    Files.createSymbolicLink(path(), other);
    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pins: " + path() + " cannot be read: ");
    assertThatThrownBy(() -> file.add(List.of(pin("a")))).isInstanceOf(IOException.class);
    assertThat(other).hasContent("not a pin");
  }

  @Test
  void whatAWriterWhoWasKilledLeftBehindIsInNobodysWay() throws IOException {
    Files.writeString(directory.path().resolve("pins.new"), "half a li");

    file.add(List.of(pin("a")));

    assertThat(file.read().pins()).hasSize(1);
    assertThat(directory.path().resolve("pins.new")).doesNotExist();
  }

  @Test
  void aFileThatSaysTheSameIsNotWritten() throws IOException {
    file.add(List.of(pin("a")));
    Object before = Files.readAttributes(path(), "*").get("fileKey");

    file.add(List.of(pin("a")));
    file.remove(List.of(PinnedDestination.of("b", 21)), going -> {});

    assertThat(Files.readAttributes(path(), "*").get("fileKey")).isEqualTo(before);
  }

  @Test
  void threadsLoseNoPinOfEachOther() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Pin pin = pin("host" + i);
        tasks.add(
            () -> {
              new PinFile(directory).add(List.of(pin));
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(file.read().pins()).hasSize(40).doesNotHaveDuplicates();
  }

  @Test
  void aFileThatIsNotThereIsEmptyButADirectoryThatIsGoneIsAFailure() throws IOException {
    assertThat(file.read().pins()).isEmpty();

    Files.delete(directory.path());

    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessage("pins: " + path() + " cannot be read: no such file or directory");
    assertThatThrownBy(() -> file.add(List.of(pin("a"))))
        .isInstanceOf(IOException.class)
        .hasMessage("pins: " + path() + " cannot be written: no such file or directory");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aLinkToNothingIsAFileThatCannotBeRead() throws IOException {
    Files.createSymbolicLink(path(), temporary.resolve("nothing"));

    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pins: " + path() + " cannot be read: ");
    assertThatThrownBy(() -> file.add(List.of(pin("a")))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.remove(List.of(), going -> {})).isInstanceOf(IOException.class);
    assertThat(Files.isSymbolicLink(path())).isTrue();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsSaidToBeSo() throws IOException {
    Path inTheWay = Files.createFile(temporary.resolve("file"));
    String expected =
        " (expected: a directory that Culvert can write; pin-tunnelled: false and audit: off need none)";

    assertThatThrownBy(() -> new StateDirectory(inTheWay).prepare())
        .isInstanceOf(IOException.class)
        .hasMessage(
            "state-directory: "
                + inTheWay
                + ": cannot be created: a file is there that is no directory"
                + expected);
    assertThat(new StateDirectory(inTheWay.resolve("state")).problem())
        .hasValueSatisfying(problem -> assertThat(problem).contains(expected));
    assertThat(new StateDirectory(temporary.resolve("not/yet")).problem()).isEmpty();
    assertThat(directory.problem()).isEmpty();
  }

  private Path path() {
    return directory.path().resolve("pins");
  }

  private static Pin pin(String host) {
    return new Pin(PinnedDestination.of(host, 21), NOW, "gate:22", Optional.empty());
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
