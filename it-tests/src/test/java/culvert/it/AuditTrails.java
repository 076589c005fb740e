package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import culvert.proxy.audit.TrailCheck;
import culvert.proxy.audit.TrailReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Audit trails that daemons have left. */
public final class AuditTrails {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchema SCHEMA = schema();

  /** Enough to have met every kind of event of one test. */
  private static final int MOST_VALIDATED = 3_000;

  private AuditTrails() {}

  private static JsonSchema schema() {
    Path file = Path.of("..", "docs", "audit.schema.json");
    try {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Its chain is whole, and its events are as {@code docs/audit.schema.json} has them.
   *
   * @param file the one that is written
   */
  public static void assertWhole(Path file) throws IOException {
    TrailCheck check = new TrailCheck();
    List<String> wrong = new ArrayList<>();
    TrailReader.of(file)
        .read(
            line -> {
              check.line(line);
              if (check.lines() <= MOST_VALIDATED) {
                SCHEMA
                    .validate(JSON.readTree(line.octets()))
                    .forEach(fault -> wrong.add(line.place() + ": " + fault.getMessage()));
              }
            });
    assertThat(check.faults()).isEmpty();
    assertThat(wrong).isEmpty();
  }

  /** The events of one kind, in their order. */
  public static List<JsonNode> events(Path file, String kind) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    TrailReader.of(file)
        .read(
            line -> {
              if (line.text("event").filter(kind::equals).isPresent()) {
                events.add(JSON.readTree(line.octets()));
              }
            });
    return events;
  }
}
