package culvert.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs({OS.LINUX, OS.MAC})
class StateDirectoryTest {
  @TempDir private Path directory;

  @BeforeEach
  void needsRoot() {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  @ParameterizedTest(name = "in <{0}>")
  @ValueSource(strings = {"", "new", "new/below"})
  void rootRunsNothingInTheDirectoryOfAService(String below) throws IOException {
    Files.setOwner(
        directory,
        directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    assertThatThrownBy(() -> new StateDirectory(directory.resolve(below)).prepare())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("state-directory: " + directory + ": belongs to nobody")
        .hasMessageContaining("sudo -u nobody culvert");

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whatIsRootsIsNobodyElses() throws IOException {
    new StateDirectory(directory).prepare();

    assertThat(FileOwner.another(directory, directory)).isEmpty();
    assertThat(FileOwner.another(Path.of("/"), directory)).isEmpty();
  }
}
