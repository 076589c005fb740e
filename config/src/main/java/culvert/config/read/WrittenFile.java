package culvert.config.read;

import culvert.config.Location;
import culvert.config.Written;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Entry;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Sequence;
import culvert.config.yaml.YamlWriter;
import org.jspecify.annotations.Nullable;

/** What {@link WrittenOut} has made of a file. */
record WrittenFile(Mapping whole) implements Written {

  @Override
  public String yaml() {
    return YamlWriter.write(whole);
  }

  @Override
  public Location location(String... path) {
    String file = whole.location().file();
    Location found = whole.location();
    @Nullable YamlValue value = whole;
    for (String step : path) {
      value = child(value, step);
      if (value == null) {
        break;
      }
      if (value.location().file().equals(file)) {
        found = value.location();
      }
    }
    return found;
  }

  private static @Nullable YamlValue child(YamlValue value, String step) {
    if (value instanceof Mapping mapping) {
      @Nullable Entry entry = mapping.entries().get(step);
      return entry == null ? null : entry.value();
    }
    if (value instanceof Sequence list && step.matches("[0-9]{1,9}")) {
      int index = Integer.parseInt(step);
      return index < list.items().size() ? list.items().get(index) : null;
    }
    return null;
  }
}
