package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigResult;
import culvert.config.CulvertConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateDirectoryDefaultTest {

  @ParameterizedTest(name = "STATE_DIRECTORY={0} XDG_STATE_HOME={1}")
  @CsvSource({
    "'', '', /home/joe/.local/state/culvert",
    "'', /xdg, /xdg/culvert",
    "'', xdg, /home/joe/.local/state/culvert",
    "'', ~/xdg, /home/joe/.local/state/culvert",
    "/var/lib/culvert, '', /var/lib/culvert",
    "/var/lib/culvert, /xdg, /var/lib/culvert",
    "/var/lib/one:/var/lib/two, /xdg, /var/lib/one",
    "culvert, /xdg, /xdg/culvert",
  })
  void itIsWhereTheSurroundingsHaveIt(String ofUnit, String xdg, Path expected) {
    CulvertConfig config = load("", ofUnit, xdg);

    assertThat(config.stateDirectory()).isEqualTo(expected);
    assertThat(config.audit().orElseThrow().file()).isEqualTo(expected.resolve("audit.jsonl"));
  }

  @Test
  void whatTheFileSaysWins() {
    CulvertConfig config = load("state-directory: /srv/culvert", "/var/lib/culvert", "/xdg");

    assertThat(config.stateDirectory()).isEqualTo(Path.of("/srv/culvert"));
  }

  @Test
  void writtenOutItIsWhatHolds() {
    Environment here = Loading.environment(Map.of("STATE_DIRECTORY", "/var/lib/culvert"));
    String yaml =
        ((ConfigResult.Loaded) new ConfigLoader(here).loadString("", "c.yaml")).written().yaml();

    assertThat(yaml).contains("state-directory: /var/lib/culvert\n");
  }

  private static CulvertConfig load(String yaml, String ofUnit, String xdg) {
    Map<String, String> variables = Map.of("STATE_DIRECTORY", ofUnit, "XDG_STATE_HOME", xdg);
    return new ConfigLoader(Loading.environment(variables)).loadString(yaml, "c.yaml").orThrow();
  }
}
