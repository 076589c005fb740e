package culvert.proxy.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThisMachineTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "000001ffffffffff, true",
    "0000000000080000, true",
    "0000000000000000, false",
    "00000000a80425fb, false"
  })
  void othersProgramsAreSeenWithTheCapability(String effective, boolean sees) throws IOException {
    Files.createDirectory(directory.resolve("self"));
    Files.writeString(
        directory.resolve("self/status"),
        "Name:\tjava\nCapPrm:\t0000000000000000\nCapEff:\t" + effective + "\nCapBnd:\t0\n");

    assertThat(new ThisMachine(directory).seesOthersPrograms()).isEqualTo(sees);
  }

  @Test
  void withoutProcNothingIsKnown() {
    ThisMachine machine = new ThisMachine(directory);

    assertThat(machine.knowsOwners()).isFalse();
    assertThat(machine.seesOthersPrograms()).isFalse();
  }

  @Test
  void filesAreLookedAt() throws IOException {
    ThisMachine machine = new ThisMachine();
    Path file = Files.writeString(directory.resolve("known"), "x\n");
    Path missing = directory.resolve("missing");

    assertThat(machine.exists(file)).isTrue();
    assertThat(machine.exists(missing)).isFalse();
    assertThat(machine.problemOfFile(file)).isEmpty();
    assertThat(machine.problemOfFile(directory)).isPresent();
    assertThat(machine.problemOfKey(missing, Optional.empty(), false)).contains(" does not exist");
    assertThat(machine.problemOfKey(file, Optional.empty(), true))
        .contains(": is not a private key in OpenSSH or PEM format");
    assertThat(machine.problemOfCertificate(file)).isPresent();
  }

  @Test
  void rootIsAUser() {
    assertThat(new ThisMachine().isUser("root")).isTrue();
    assertThat(new ThisMachine().isUser("nobody-is-called-this")).isFalse();
  }
}
