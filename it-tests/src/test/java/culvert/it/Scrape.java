package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a Culvert's {@code /metrics} has shown.
 *
 * @param text as it came
 */
public record Scrape(String text) {
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)(?:\\{(.*)\\})? (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** The names that were declared, and their types. */
  Map<String, String> types() {
    return TYPE.matcher(text)
        .results()
        .collect(
            Collectors.toMap(
                type -> type.group(1), type -> type.group(2), (a, b) -> a, TreeMap::new));
  }

  /** The names under which there are numbers. */
  Set<String> names() {
    return SAMPLE
        .matcher(text)
        .results()
        .map(sample -> sample.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The number of a metric that has no labels. */
  public double number(String name) {
    List<String> numbers =
        SAMPLE
            .matcher(text)
            .results()
            .filter(sample -> sample.group(1).equals(name))
            .map(sample -> sample.group(3))
            .toList();
    assertThat(numbers).as(name).hasSize(1);
    return Double.parseDouble(numbers.get(0));
  }

  /** The labels of a metric, those of its buckets apart. */
  Set<String> labels(String name) {
    Set<String> labels = new TreeSet<>();
    SAMPLE
        .matcher(text)
        .results()
        .filter(sample -> sample.group(1).matches(name + "(_count|_sum)?"))
        .forEach(sample -> labels.addAll(labels(sample).keySet()));
    return labels;
  }

  private static Map<String, String> labels(MatchResult sample) {
    Map<String, String> labels = new TreeMap<>();
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2));
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
    }
    return labels;
  }

  /** The numbers of a metric that are not 0, by the values of those labels. */
  Map<String, Long> counted(String name, String... by) {
    Map<String, Long> counted = new TreeMap<>();
    SAMPLE
        .matcher(text)
        .results()
        .filter(sample -> sample.group(1).equals(name))
        .forEach(
            sample -> {
              Map<String, String> labels = labels(sample);
              StringBuilder key = new StringBuilder();
              for (String label : by) {
                key.append(key.isEmpty() ? "" : " ").append(labels.getOrDefault(label, ""));
              }
              long number = (long) Double.parseDouble(sample.group(3));
              if (number != 0) {
                counted.merge(key.toString(), number, Long::sum);
              }
            });
    return counted;
  }
}
