package culvert.config.yaml;

import culvert.config.Found;
import culvert.config.Location;
import culvert.config.yaml.YamlValue.Entry;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Scalar;
import culvert.config.yaml.YamlValue.Sequence;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Text to {@link YamlValue}s. Anchors, aliases and merge keys ({@code <<}) work; tags are refused;
 * aliases, depth and size are bounded.
 */
public final class YamlParser {
  /** Code points; room for tens of thousands of rules. */
  public static final int MAX_SIZE = 16 << 20;

  private static final int MAX_ALIASES = 200;
  private static final int MAX_DEPTH = 50;

  /** What SnakeYAML resolves untagged values to. */
  private static final Set<Tag> UNTAGGED =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MERGE,
          Tag.MAP,
          Tag.SEQ);

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  private final String file;
  private final Problems problems;
  private final IdentityHashMap<Node, YamlValue> converted = new IdentityHashMap<>();
  private final Map<String, Location> anchors = new HashMap<>();
  private final IdentityHashMap<Node, Boolean> open = new IdentityHashMap<>();

  private YamlParser(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The one document in {@code text}; an empty mapping if it is empty or cannot be read. */
  public static YamlValue parse(String text, String file, Problems problems) {
    return new YamlParser(file, problems).document(text);
  }

  private YamlValue document(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_SIZE);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    try {
      @Nullable Node root = new Yaml(options).compose(new StringReader(text));
      if (root != null) {
        YamlValue value = convert(root);
        return value.isNull() ? Mapping.empty(value.location()) : value;
      }
    } catch (MarkedYAMLException e) {
      YamlMistake mistake = YamlMistake.of(e, text, options);
      problems.error(
          new Location(file, mistake.line(), mistake.column()), "not YAML: " + mistake.words());
    } catch (ReaderException e) {
      problems.error(
          positionOf(text, e.getPosition()),
          String.format("not YAML: the character U+%04X is not allowed", e.getCodePoint()));
    } catch (YAMLException e) {
      problems.error(new Location(file, 1, 1), "not YAML: " + YamlSyntax.explain(e));
    }
    return Mapping.empty(new Location(file, 1, 1));
  }

  private YamlValue convert(Node node) {
    @Nullable YamlValue known = converted.get(node);
    if (known != null) {
      return known;
    }
    Location location = location(node.getStartMark());
    if (open.put(node, true) != null) {
      problems.error(location, "this anchor contains itself");
      return new Scalar(location, "", true, true);
    }
    if (!UNTAGGED.contains(node.getTag()) || isTaggedNull(node)) {
      problems.error(
          location, "tags are not supported (a value that starts with ! must be quoted)");
    }
    if (Tag.NULL.equals(node.getTag()) && node.getAnchor() != null) {
      problems.error(location, "an anchor of nothing (a value that starts with & must be quoted)");
    }
    warnOfSecond(node.getAnchor(), location);
    YamlValue value;
    if (node instanceof ScalarNode scalar) {
      boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
      value = new Scalar(location, scalar.getValue(), plain, Tag.NULL.equals(node.getTag()));
    } else if (node instanceof SequenceNode sequence) {
      List<YamlValue> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(convert(item)));
      value = new Sequence(location, List.copyOf(items));
    } else {
      value = mapping(location, ((MappingNode) node).getValue());
    }
    open.remove(node);
    converted.put(node, value);
    return value;
  }

  /** Without its name, which may be a secret that was to be quoted. */
  private void warnOfSecond(@Nullable String anchor, Location location) {
    @Nullable Location first = anchor == null ? null : anchors.putIfAbsent(anchor, location);
    if (first != null) {
      problems.warning(
          location,
          "an anchor of the same name as on line "
              + first.line()
              + ": an alias means the last one before it");
    }
  }

  /** Whether something was written that a {@code !!null} would throw away. */
  private static boolean isTaggedNull(Node node) {
    return Tag.NULL.equals(node.getTag())
        && node instanceof ScalarNode scalar
        && !NULLS.contains(scalar.getValue());
  }

  private Mapping mapping(Location location, List<NodeTuple> tuples) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Node> merged = new ArrayList<>();
    for (NodeTuple tuple : tuples) {
      Location keyLocation = location(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.error(keyLocation, "a key must be text");
      } else if (Tag.MERGE.equals(key.getTag())) {
        merged.add(tuple.getValueNode());
      } else {
        Entry entry = new Entry(keyLocation, convert(tuple.getValueNode()));
        @Nullable Entry first = entries.putIfAbsent(key.getValue(), entry);
        if (first != null) {
          problems.error(
              keyLocation,
              String.format(
                  "duplicate key %s (first on line %d)",
                  Found.quoted(key.getValue()), first.keyLocation().line()));
        }
      }
    }
    merged.forEach(node -> merge(convert(node), entries));
    return new Mapping(location, entries);
  }

  /** What is there already wins over what is merged, and an earlier source over a later one. */
  private void merge(YamlValue source, Map<String, Entry> into) {
    if (source instanceof Mapping mapping) {
      mapping.entries().forEach(into::putIfAbsent);
    } else if (source instanceof Sequence sequence
        && sequence.items().stream().allMatch(Mapping.class::isInstance)) {
      sequence.items().forEach(item -> merge(item, into));
    } else {
      problems.error(
          source.location(),
          "<<: " + source.kind() + " (expected: an alias of a mapping, or a list of such)");
    }
  }

  private Location location(Mark mark) {
    return new Location(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private Location positionOf(String text, int codePoints) {
    int end =
        text.offsetByCodePoints(0, Math.min(codePoints, text.codePointCount(0, text.length())));
    String before = text.substring(0, end);
    int lineStart = before.lastIndexOf('\n') + 1;
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    return new Location(file, line, 1 + before.codePointCount(lineStart, before.length()));
  }
}
