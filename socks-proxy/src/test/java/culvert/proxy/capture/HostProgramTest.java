package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HostProgramTest {
  @TempDir private Path directory;

  private HostProgram program(String script, Duration patience) throws IOException {
    Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new HostProgram(program, patience);
  }

  @Test
  void itsStatusAndWhateverItSaysAreTold() throws IOException {
    HostProgram program =
        program("cat; echo \"$1\"; echo wrong >&2; exit 3\n", Duration.ofSeconds(30));

    assertThat(program.run("in\n", "word"))
        .isEqualTo(new HostProgram.Ended(3, "in\nword\nwrong\n"));
  }

  @Test
  void whatItSaysCountsAlthoughItReadsNothing() throws IOException {
    HostProgram program = program("echo no; exit 1\n", Duration.ofSeconds(30));

    assertThat(program.run("x".repeat(1_000_000))).isEqualTo(new HostProgram.Ended(1, "no\n"));
  }

  @Test
  void oneThatDoesNotEndIsWaitedForAsLongAsWasSaidAndNoLonger() throws IOException {
    HostProgram program = program("echo begun; exec sleep 40\n", Duration.ofSeconds(1));

    assertThatThrownBy(() -> program.run(""))
        .isInstanceOf(IOException.class)
        .hasMessage("program: no answer within 1 s");
  }

  @Test
  void soIsOneThatTakesNoInput() throws IOException {
    HostProgram program = program("exec sleep 40\n", Duration.ofSeconds(1));

    assertThatThrownBy(() -> program.run("x".repeat(1_000_000)))
        .hasMessage("program: no answer within 1 s");
  }
}
