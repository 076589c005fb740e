package culvert.config.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import culvert.config.yaml.Problems;
import culvert.config.yaml.YamlParser;
import culvert.config.yaml.YamlValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** docs/culvert.schema.json, and YAML as an editor sees it. */
final class Schema {
  static final Path DOCS = Path.of("..", "docs");

  /** The loader's sections by their place in the schema. */
  static final Map<String, List<Key<?>>> SECTIONS = sections();

  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  private final JsonNode json;
  private final JsonSchema schema;

  Schema() {
    try {
      json = new ObjectMapper().readTree(Files.readString(DOCS.resolve("culvert.schema.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    schema = FACTORY.getSchema(json);
  }

  private static Map<String, List<Key<?>>> sections() {
    Map<String, List<Key<?>>> sections = new LinkedHashMap<>();
    sections.put("file", ConfigReader.KEYS);
    sections.put("listener", ListenerReader.KEYS);
    sections.put("profile", ProfileReader.KEYS);
    sections.put("rule", RuleReader.KEYS);
    sections.put("match", MatchReader.KEYS);
    sections.put("ftp", FtpReader.KEYS);
    sections.put("limits", LimitsReader.KEYS);
    sections.put("audit", AuditReader.KEYS);
    sections.put("capture", CaptureReader.KEYS);
    return sections;
  }

  /** For each section, its name. */
  static Stream<String> names() {
    return SECTIONS.keySet().stream();
  }

  /** For each key, its section's name and itself. */
  static Stream<Arguments> keys() {
    return SECTIONS.entrySet().stream()
        .flatMap(
            section -> section.getValue().stream().map(key -> Arguments.of(section.getKey(), key)));
  }

  /** The section's keys in the schema. */
  ObjectNode properties(String section) {
    return (ObjectNode)
        (section.equals("file") ? json : json.path("$defs").path(section)).path("properties");
  }

  /** What of the schema itself is not as JSON Schema wants it. */
  List<ValidationMessage> faults() {
    JsonNode meta =
        FACTORY.getSchema(SchemaLocation.of(VersionFlag.V202012.getId())).getSchemaNode();
    return List.copyOf(FACTORY.getSchema(meta).validate(json));
  }

  /** What the schema holds against a document. */
  List<ValidationMessage> validate(String yaml) {
    return List.copyOf(schema.validate(json(parse(yaml))));
  }

  static YamlValue parse(String yaml) {
    Problems problems = new Problems();
    YamlValue value = YamlParser.parse(yaml, "schema", problems);
    if (problems.errors() > 0) {
      throw new IllegalArgumentException(problems.inFileOrder().toString());
    }
    return value;
  }

  /** The value with the types that an editor gives it. */
  static JsonNode json(YamlValue value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof YamlValue.Sequence sequence) {
      ArrayNode array = nodes.arrayNode();
      sequence.items().forEach(item -> array.add(json(item)));
      return array;
    }
    if (value instanceof YamlValue.Mapping mapping) {
      ObjectNode object = nodes.objectNode();
      mapping.entries().forEach((key, entry) -> object.set(key, json(entry.value())));
      return object;
    }
    YamlValue.Scalar scalar = (YamlValue.Scalar) value;
    return scalar.isNull() ? nodes.nullNode() : typed(scalar, nodes);
  }

  /** The core schema of YAML 1.2, which editors go by. */
  private static JsonNode typed(YamlValue.Scalar scalar, JsonNodeFactory nodes) {
    String text = scalar.text();
    if (scalar.plain() && text.matches("true|True|TRUE|false|False|FALSE")) {
      return nodes.booleanNode(Boolean.parseBoolean(text));
    }
    if (scalar.plain() && text.matches("[-+]?[0-9]+")) {
      return intNode(new BigInteger(text), nodes);
    }
    if (scalar.plain() && text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) {
      return nodes.numberNode(new BigDecimal(text));
    }
    return nodes.textNode(text);
  }

  /** As the JSON parser does it, so that nodes compare. */
  private static JsonNode intNode(BigInteger number, JsonNodeFactory nodes) {
    return number.bitLength() < Integer.SIZE
        ? nodes.numberNode(number.intValue())
        : nodes.numberNode(number);
  }
}
