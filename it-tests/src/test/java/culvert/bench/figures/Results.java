package culvert.bench.figures;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Rows as JSON, with every sample.
 *
 * @param circumstances what belongs to every row: machine, versions, options
 */
public record Results(Map<String, String> circumstances, List<Row> rows) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public String json() throws IOException {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("circumstances", circumstances);
    document.put("rows", rows.stream().map(Results::row).toList());
    return JSON.writeValueAsString(document) + "\n";
  }

  public void write(Path file) throws IOException {
    Files.writeString(file, json());
  }

  private static Map<String, Object> row(Row row) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", row.name());
    object.put("what", row.what());
    object.put("culvert", samples(row.culvert()));
    row.beside()
        .ifPresent(
            other -> {
              object.put("beside", other.program());
              object.put("other", samples(other.samples()));
              object.put("comparison", other.comparison().name().toLowerCase(Locale.ROOT));
            });
    row.compared().ifPresent(values -> object.put("compared", samples(values)));
    row.target().ifPresent(target -> object.put("target", target));
    row.met().ifPresent(met -> object.put("met", met));
    return object;
  }

  private static Map<String, Object> samples(Samples samples) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("median", samples.median());
    object.put("min", samples.min());
    object.put("max", samples.max());
    object.put("samples", samples.values());
    return object;
  }
}
