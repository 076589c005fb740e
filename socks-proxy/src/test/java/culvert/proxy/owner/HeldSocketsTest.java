package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldSocketsTest {
  private static final int SOCKETS = 9;
  private static final int FILES = 27;

  @TempDir private Path proc;
  private Path process;

  @BeforeEach
  void ourOwnSocketShowsWhereSocketsAre() throws IOException {
    Path self = proc.resolve("self");
    Files.createDirectories(self.resolve("fd"));
    Files.createSymbolicLink(self.resolve("fd/3"), Path.of("/etc/culvert/culvert.yaml"));
    Files.createSymbolicLink(self.resolve("fd/4"), Path.of("socket:[1]"));
    shows(self, 3, FILES, "ino:\t7\n");
    shows(self, 4, SOCKETS, "ino:\t1\n");
    process = proc.resolve("10");
  }

  private static void shows(Path process, int descriptor, int mount, String rest)
      throws IOException {
    Files.createDirectories(process.resolve("fdinfo"));
    Files.writeString(
        process.resolve("fdinfo").resolve(Integer.toString(descriptor)),
        "pos:\t0\nflags:\t02\nmnt_id:\t" + mount + "\n" + rest);
  }

  @Test
  void numbersAreThoseOfSocketsWhereTheirMountIs() throws IOException {
    shows(process, 0, FILES, "ino:\t77\n");
    shows(process, 3, SOCKETS, "ino:\t78\n");
    shows(process, 4, SOCKETS, "ino:\t79\nlock:\t1\n");

    assertThat(new HeldSockets(proc).numbered(process)).containsExactlyInAnyOrder(78L, 79L);
  }

  @Test
  void anOlderKernelDoesNotShowThem() throws IOException {
    shows(process, 3, SOCKETS, "");

    assertThatThrownBy(() -> new HeldSockets(proc).numbered(process))
        .isInstanceOf(AccessDeniedException.class);
  }

  @Test
  void withoutASocketOfOurOwnNothingIsTakenForOne() throws IOException {
    Files.delete(proc.resolve("self/fd/4"));
    shows(process, 3, SOCKETS, "ino:\t78\n");

    assertThat(new HeldSockets(proc).numbered(process)).isEmpty();
  }
}
