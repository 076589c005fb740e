package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.config.AlgorithmKind;
import culvert.config.CulvertConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/CONFIGURATION.md is complete against the schema. */
class DocumentationTest {
  private static final Schema SCHEMA = new Schema();
  private static final Map<String, String> HEADINGS =
      Map.of(
          "file", "The file",
          "listener", "Listeners",
          "profile", "Profiles",
          "rule", "Rules",
          "match", "Match",
          "ftp", "FTP",
          "limits", "Limits",
          "audit", "Audit",
          "capture", "Capture");

  /** A row of a table. */
  private record Row(String key, String type, String standard, String example, String meaning) {}

  @ParameterizedTest(name = "{0}")
  @MethodSource("culvert.config.read.Schema#names")
  void everyKeyHasARow(String section) throws IOException {
    assertThat(rows(section).keySet())
        .containsExactlyInAnyOrderElementsOf(
            Schema.SECTIONS.get(section).stream().map(Key::name).toList());
  }

  @ParameterizedTest(name = "{0}.{1}")
  @MethodSource("culvert.config.read.Schema#keys")
  void theRowHasTypeDefaultExampleAndMeaning(String section, Key<?> key) throws IOException {
    Row row = rows(section).get(key.name());
    JsonNode property = SCHEMA.properties(section).path(key.name());
    String description = property.path("description").asText();

    assertThat(row.type()).isNotBlank();
    if (key.standard() == null) {
      assertThat(row.standard()).isEmpty();
    } else {
      assertThat(Schema.json(Schema.parse("v: " + unquoted(row.standard()))).path("v"))
          .isEqualTo(property.path("default"));
    }
    assertThat(Schema.json(Schema.parse(unquoted(row.example()))).path(key.name()))
        .isEqualTo(property.path("examples").path(0));
    assertThat(row.meaning().replaceAll("[`*]|\\]\\([^)]*\\)|\\[", ""))
        .isEqualTo(description.replaceAll("[*]", ""));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(AlgorithmKind.class)
  void theAlgorithmsAreThoseThatAreOffered(AlgorithmKind kind) throws IOException {
    List<String> lists =
        Pattern.compile("\n- `" + kind + "`: (.*)")
            .matcher(text())
            .results()
            .map(list -> list.group(1))
            .toList();

    assertThat(lists).hasSize(2);
    assertThat(lists.get(0).split(", ")).containsExactlyElementsOf(kind.standard());
    assertThat((lists.get(0) + ", " + lists.get(1).replace("weak: ", "")).split("[,;] "))
        .containsExactlyElementsOf(kind.supported());
    assertThat(lists.get(1).replaceAll(".*weak: ", "").split(", "))
        .containsExactlyElementsOf(kind.supported().stream().filter(kind::isWeak).toList());
  }

  @Test
  void theBuiltInDefaultIsQuoted() throws IOException {
    String quoted = blocks(text()).get(0);

    CulvertConfig config = Loading.config(quoted);

    CulvertConfig builtIn = new ConfigLoader(Loading.ENVIRONMENT).builtIn().orThrow();
    assertThat(config.listeners()).isEqualTo(builtIn.listeners());
    assertThat(config.rules())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("location")
        .isEqualTo(builtIn.rules());
    assertThat(config.defaultAction()).isEqualTo(builtIn.defaultAction());
  }

  @Test
  void theWholeExampleIsTheOneThatIsTested() throws IOException {
    List<String> blocks = blocks(text());

    assertThat(blocks.get(blocks.size() - 1)).isEqualTo(DesignExampleTest.text());
  }

  @Test
  void theExamplesOfTheReadmeHold() throws IOException {
    List<String> blocks = blocks(Files.readString(Path.of("..", "README.md")));

    assertThat(blocks).isNotEmpty();
    assertThat(blocks).allSatisfy(block -> assertThat(Loading.problems(block)).isEmpty());
  }

  @Test
  void theShippedConfigurationHoldsAsItIsAndWithAllThatIsCommentedOut() throws IOException {
    String shipped =
        Files.readString(Path.of("..", "socks-proxy/src/dist/tree/etc/culvert/culvert.yaml"));
    String whole = shipped.replaceAll("(?m)^( *)#(?=[^ \n])", "$1");

    assertThat(whole).isNotEqualTo(shipped).doesNotContain("# -", "# profile", "# admin");
    assertThat(Loading.problems(shipped)).isEmpty();
    assertThat(Loading.problems(whole)).isEmpty();
    assertThat(Loading.config(whole).rules()).hasSize(2);
    assertThat(Loading.config(whole).rules().get(0).name()).isEqualTo("mainframe");
  }

  private static List<String> blocks(String text) {
    return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  private static Map<String, Row> rows(String section) throws IOException {
    Matcher part =
        Pattern.compile("\n## " + HEADINGS.get(section) + "\n(.*?)(?=\n## )", Pattern.DOTALL)
            .matcher(text());
    assertThat(part.find()).isTrue();
    Map<String, Row> rows = new LinkedHashMap<>();
    part.group(1)
        .lines()
        .filter(line -> line.startsWith("| `"))
        .forEach(
            line -> {
              List<String> cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
              assertThat(cells).as(line).hasSize(7);
              String key = unquoted(cells.get(1));
              rows.put(key, new Row(key, cells.get(2), cells.get(3), cells.get(4), cells.get(5)));
            });
    return rows;
  }

  private static String unquoted(String cell) {
    assertThat(cell).startsWith("`").endsWith("`");
    return cell.substring(1, cell.length() - 1);
  }

  private static String text() throws IOException {
    return Files.readString(Schema.DOCS.resolve("CONFIGURATION.md"));
  }
}
