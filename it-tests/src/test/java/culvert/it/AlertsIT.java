package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import culvert.it.peers.Promtool;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The documents for Prometheus and Grafana, by Prometheus' judge; {@link MetricsIT} has the rest.
 */
@RealPeers
@AnyTransport
class AlertsIT {
  private static final Path ALERTS = Path.of("..", "docs", "alerts.yml");
  private static final Path TESTS = Path.of("src/test/resources/culvert/it/alerts.test.yml");

  @TempDir private Path directory;

  @Test
  void everyAlertFiresWhereItShouldAndNotBefore() throws IOException {
    Run<String> checked = Promtool.checkRules(ALERTS);
    assertThat(checked.exitCode()).as(checked.output() + checked.errors()).isZero();
    assertThat(names("(?m)^ +- alert: (\\w+)$", ALERTS))
        .hasSizeGreaterThan(15)
        .isEqualTo(names("(?m)^ +name: (\\w+)$", TESTS));
    Run<String> tested = Promtool.testRules(TESTS);
    assertThat(tested.exitCode()).as(tested.output() + tested.errors()).isZero();
  }

  private static List<String> names(String pattern, Path file) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(file))
        .results()
        .map(name -> name.group(1))
        .distinct()
        .sorted()
        .toList();
  }

  @Test
  void theDashboardsQuestionsCanBeAsked() throws IOException {
    JsonNode dashboard =
        new ObjectMapper().readTree(Files.readString(Path.of("..", "docs", "grafana.json")));
    List<String> questions =
        dashboard.findValuesAsText("expr").stream()
            .map(
                expression ->
                    expression
                        .replaceAll("\\[\\$__\\w+]", "[5m]")
                        .replaceAll("\\$(instance|job)", ".*"))
            .toList();
    assertThat(questions).hasSizeGreaterThan(20);
    Path rules = directory.resolve("questions.yml");
    Files.writeString(
        rules,
        IntStream.range(0, questions.size())
            .mapToObj(i -> "  - record: asked%d\n    expr: '%s'\n".formatted(i, questions.get(i)))
            .collect(Collectors.joining("", "groups:\n- name: asked\n  rules:\n", "")));

    Run<String> checked = Promtool.checkRules(rules);
    assertThat(checked.exitCode()).as(checked.output() + checked.errors()).isZero();
    assertThat(checked.output()).contains(questions.size() + " rules found");
  }
}
