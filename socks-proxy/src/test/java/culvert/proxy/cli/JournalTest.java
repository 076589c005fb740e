package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.read.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class JournalTest {
  @TempDir private Path directory;
  private Path stream;

  @BeforeEach
  void create() throws IOException {
    stream = Files.createFile(directory.resolve("stream"));
  }

  @Test
  void theVariableNamesWhatIsWrittenTo() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("2"), stream);

    assertThat(reads(link, Map.of("JOURNAL_STREAM", place(stream)))).isTrue();
  }

  @Test
  void whatWasInheritedAndNamesSomethingElseSaysNothing() throws IOException {
    String other = place(Files.createFile(directory.resolve("other")));

    assertThat(reads(stream, Map.of("JOURNAL_STREAM", other))).isFalse();
    assertThat(reads(stream, Map.of("JOURNAL_STREAM", "nonsense"))).isFalse();
    assertThat(reads(directory.resolve("none"), Map.of("JOURNAL_STREAM", other))).isFalse();
  }

  @Test
  void withoutTheVariableThereIsNoJournal() {
    assertThat(reads(stream, Map.of())).isFalse();
  }

  private static String place(Path file) throws IOException {
    Map<String, Object> place = Files.readAttributes(file, "unix:dev,ino");
    return place.get("dev") + ":" + place.get("ino");
  }

  private boolean reads(Path file, Map<String, String> variables) {
    return Journal.reads(file, new Environment(variables, directory, directory, directory));
  }
}
