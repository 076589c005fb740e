package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLookupTest {
  @TempDir private Path root;

  @Test
  void withoutAnyFileTheBuiltInDefaultHolds() {
    assertThat(lookup(Map.of()).find(null)).isEmpty();
  }

  @Test
  void theFileOfTheCommandLineComesFirstEvenIfItIsMissing() throws IOException {
    create("cwd/culvert.yaml");
    Path given = Path.of("/no/such.yaml");

    assertThat(lookup(Map.of("CULVERT_CONFIG", "/other.yaml")).find(given)).contains(given);
  }

  @Test
  void theVariableComesSecondEvenIfItsFileIsMissing() throws IOException {
    create("cwd/culvert.yaml");

    assertThat(lookup(Map.of("CULVERT_CONFIG", "/no/such.yaml")).find(null))
        .contains(Path.of("/no/such.yaml"));
    assertThat(lookup(Map.of("CULVERT_CONFIG", "near.yaml")).find(null))
        .contains(root.resolve("cwd/near.yaml"));
  }

  @Test
  void anEmptyVariableIsAsGoodAsNone() throws IOException {
    Path file = create("cwd/culvert.yaml");

    assertThat(lookup(Map.of("CULVERT_CONFIG", "")).find(null)).contains(file);
  }

  @Test
  void theWorkingDirectoryComesBeforeTheHomeAndTheHomeBeforeTheSystem() throws IOException {
    Path system = create("etc/culvert/culvert.yaml");
    assertThat(lookup(Map.of()).find(null)).contains(system);

    Path home = create("home/.config/culvert/culvert.yaml");
    assertThat(lookup(Map.of()).find(null)).contains(home);

    Path here = create("cwd/culvert.yaml");
    assertThat(lookup(Map.of()).find(null)).contains(here);
  }

  @Test
  void theHomeOfConfigurationsMayBeElsewhere() throws IOException {
    create("home/.config/culvert/culvert.yaml");
    Path there = create("xdg/culvert/culvert.yaml");

    assertThat(lookup(Map.of("XDG_CONFIG_HOME", root.resolve("xdg").toString())).find(null))
        .contains(there);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "xdg", "~/xdg"})
  void aHomeOfConfigurationsThatIsNoAbsolutePathIsIgnored(String value) throws IOException {
    Path home = create("home/.config/culvert/culvert.yaml");
    create("cwd/xdg/culvert/culvert.yaml");

    assertThat(lookup(Map.of("XDG_CONFIG_HOME", value)).find(null)).contains(home);
  }

  private ConfigLookup lookup(Map<String, String> variables) {
    return new ConfigLookup(
        new Environment(variables, root.resolve("home"), root.resolve("cwd"), root.resolve("etc")));
  }

  private Path create(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "");
  }
}
