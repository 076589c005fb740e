package culvert.proxy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

  @Test
  void hasEverySectionOfTheSchema() throws IOException {
    String schema = Files.readString(Path.of("../docs/culvert.schema.json"));

    assertThat(new ConfigurationPage(schema).render("2026-01-01", "Culvert 1"))
        .contains("KEYS OF LISTENERS")
        .contains("KEYS OF CAPTURE");
  }
}
