package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.read.Environment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecPlaceTest {
  @ParameterizedTest(name = "RUNTIME_DIRECTORY={0} XDG_RUNTIME_DIR={1}")
  @CsvSource({
    "/run/culvert,         /run/user/7, /run/culvert/exec.sock",
    "/run/culvert:/run/b,  ,            /run/culvert/exec.sock",
    ",                     /run/user/7, /run/user/7/culvert/exec.sock",
    "'',                   /run/user/7, /run/user/7/culvert/exec.sock",
    "relative,             relative,    /state/exec.sock",
    ",                     ,            /state/exec.sock"
  })
  void itIsWhereTheUnitOrTheUserKeepsSockets(String ofUnit, String ofUser, String place) {
    Map<String, String> variables = new HashMap<>();
    if (ofUnit != null) {
      variables.put("RUNTIME_DIRECTORY", ofUnit);
    }
    if (ofUser != null) {
      variables.put("XDG_RUNTIME_DIR", ofUser);
    }
    Environment environment = new Environment(variables, Path.of("/"), Path.of("/"), Path.of("/"));

    assertThat(ExecPlace.of(environment, Path.of("/state"))).isEqualTo(Path.of(place));
  }
}
