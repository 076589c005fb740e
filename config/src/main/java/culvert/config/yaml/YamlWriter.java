package culvert.config.yaml;

import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Scalar;
import culvert.config.yaml.YamlValue.Sequence;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * {@link YamlValue}s to text, which {@link YamlParser} reads as equal values. Words that YAML has
 * opinions about, such as {@code yes}, are quoted, so that other readers take them for text, too.
 */
public final class YamlWriter {
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

  private YamlWriter() {}

  /** Lists of text on one line, everything else on lines of its own. */
  public static String write(YamlValue value) {
    DumperOptions options = new DumperOptions();
    options.setSplitLines(false);
    options.setIndicatorIndent(2);
    options.setIndentWithIndicator(true);
    StringWriter out = new StringWriter();
    new Yaml(options).serialize(node(value), out);
    return out.toString();
  }

  private static Node node(YamlValue value) {
    if (value instanceof Mapping mapping) {
      List<NodeTuple> tuples = new ArrayList<>();
      mapping
          .entries()
          .forEach((key, entry) -> tuples.add(new NodeTuple(text(key), node(entry.value()))));
      return new MappingNode(Tag.MAP, tuples, FlowStyle.BLOCK);
    }
    if (value instanceof Sequence list) {
      boolean flat = list.items().stream().allMatch(Scalar.class::isInstance);
      return new SequenceNode(
          Tag.SEQ,
          list.items().stream().map(YamlWriter::node).toList(),
          flat ? FlowStyle.FLOW : FlowStyle.BLOCK);
    }
    Scalar scalar = (Scalar) value;
    return scalar.isNull() ? scalar(Tag.NULL, "null") : text(scalar.text());
  }

  private static ScalarNode text(String text) {
    if (text.equals("true") || text.equals("false")) {
      return scalar(Tag.BOOL, text);
    }
    return scalar(NUMBER.matcher(text).matches() ? Tag.INT : Tag.STR, text);
  }

  private static ScalarNode scalar(Tag tag, String text) {
    return new ScalarNode(tag, text, null, null, ScalarStyle.PLAIN);
  }
}
