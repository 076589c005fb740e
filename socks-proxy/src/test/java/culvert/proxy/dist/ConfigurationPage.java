package culvert.proxy.dist;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The manual page culvert.yaml(5), out of the configuration's schema. */
final class ConfigurationPage {
  private static final Map<String, String> SECTIONS =
      Map.of(
          "listener", "listeners",
          "profile", "profiles",
          "rule", "rules",
          "match", "match",
          "ftp", "ftp",
          "limits", "limits",
          "audit", "audit",
          "capture", "capture");

  private final Map<?, ?> schema;

  ConfigurationPage(String schema) throws IOException {
    this.schema = JSON.std.mapFrom(schema);
  }

  String render(String date, String version) {
    Roff page = new Roff("culvert.yaml", 5, date, version);
    page.name("culvert.yaml", "the configuration of culvert(1)");
    page.section("DESCRIPTION")
        .text(
            "What Culvert does with which connection. All keys may be left out; any key that does"
                + " not stand here is an error. culvert check says what is wrong, and where.");
    page.section("KEYS");
    keys(page, schema);
    for (Map.Entry<?, ?> definition : map(schema, "$defs").entrySet()) {
      if (definition.getValue() instanceof Map<?, ?> section && section.containsKey("properties")) {
        page.section("KEYS OF " + title(String.valueOf(definition.getKey())));
        keys(page, section);
      }
    }
    page.section("FILES")
        .entry("./culvert.yaml", "Where culvert(1) looks first.")
        .entry(
            "~/.config/culvert/culvert.yaml", "Then here; $XDG_CONFIG_HOME stands for ~/.config.")
        .entry("/etc/culvert/culvert.yaml", "Then here; what the service reads.")
        .entry(
            "/usr/share/doc/culvert/CONFIGURATION.md",
            "The same at length: how values are written, what rules do, and a whole example.");
    page.section("SEE ALSO")
        .text("culvert(1), culvert-run(1), culvert-check(1), culvert-explain(1)");
    return page.toString();
  }

  private static String title(String definition) {
    String key = SECTIONS.get(definition);
    if (key == null) {
      throw new IllegalStateException("no title for the section " + definition + " of the schema");
    }
    return key.toUpperCase(Locale.ROOT);
  }

  private static void keys(Roff page, Map<?, ?> section) {
    for (Map.Entry<?, ?> property : map(section, "properties").entrySet()) {
      String key = String.valueOf(property.getKey());
      Map<?, ?> value = (Map<?, ?>) property.getValue();
      page.entry(key, String.valueOf(value.get("description")));
      if (value.get("default") != null) {
        page.more("Default: " + flow(value.get("default")));
      }
      if (value.get("examples") instanceof List<?> examples && !examples.isEmpty()) {
        page.more("Example: " + key + ": " + flow(examples.get(0)));
      }
    }
  }

  /** A value in one line of YAML. */
  private static String flow(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.isEmpty()
          ? "{}"
          : map.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + flow(entry.getValue()))
              .collect(Collectors.joining(", ", "{ ", " }"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(ConfigurationPage::flow).collect(Collectors.joining(", ", "[", "]"));
    }
    String text = String.valueOf(value);
    return text.matches("[\\w/~.][\\w/~.@+-]*(:[\\w/~.@+-]+)*") ? text : '"' + text + '"';
  }

  private static Map<?, ?> map(Map<?, ?> of, String key) {
    return (Map<?, ?>) of.get(key);
  }
}
