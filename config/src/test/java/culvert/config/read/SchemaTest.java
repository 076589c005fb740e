package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.config.yaml.Problems;
import culvert.config.yaml.YamlValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/culvert.schema.json and the loader know the same keys, defaults and examples. */
class SchemaTest {
  private static final Schema SCHEMA = new Schema();

  @Test
  void isAJsonSchema() {
    assertThat(SCHEMA.faults()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("culvert.config.read.Schema#names")
  void hasTheKeysOfTheLoaderAndNoOthers(String section) {
    List<String> known = Schema.SECTIONS.get(section).stream().<String>map(Key::name).toList();

    assertThat(SCHEMA.properties(section).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(known);
  }

  @ParameterizedTest(name = "{0}.{1}")
  @MethodSource("culvert.config.read.Schema#keys")
  void hasTheDefaultOfTheLoader(String section, Key<?> key) {
    Reading reading = new Reading(new Problems(), Loading.ENVIRONMENT);
    JsonNode written = SCHEMA.properties(section).path(key.name()).path("default");

    assertThat(written.isMissingNode()).isEqualTo(key.standard() == null);
    if (!written.isMissingNode()) {
      assertThat(value(key, written, reading)).isEqualTo(Optional.of(key.standardValue(reading)));
    }
  }

  @ParameterizedTest(name = "{0}.{1}")
  @MethodSource("culvert.config.read.Schema#keys")
  void describesTheKeyWithAnExampleThatIsNotTheDefault(String section, Key<?> key) {
    Environment environment = Loading.environment(Map.of("SSH_AUTH_SOCK", "/run/agent"));
    Reading reading = new Reading(new Problems(), environment);
    JsonNode property = SCHEMA.properties(section).path(key.name());
    JsonNode example = property.path("examples").path(0);

    assertThat(property.path("description").asText()).isNotBlank();
    assertThat(example).isNotEqualTo(property.path("default"));
    if (!example.toString().contains("${")) {
      assertThat(value(key, example, reading)).isPresent();
    }
    assertThat(reading.problems().inFileOrder()).isEmpty();
  }

  private static <T> Optional<T> value(Key<T> key, JsonNode json, Reading reading) {
    YamlValue.Mapping mapping = (YamlValue.Mapping) Schema.parse("{\"v\": " + json + "}");
    return key.type().read(mapping.entries().get("v").value(), key.name(), reading);
  }
}
