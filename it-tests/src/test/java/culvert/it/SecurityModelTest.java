package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/SECURITY-MODEL.md names a test for each protection, and each of them exists. */
class SecurityModelTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DOCUMENT = ROOT.resolve("docs/SECURITY-MODEL.md");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:IT|Test))`");
  private static final Pattern METHOD =
      Pattern.compile("@(Test|ParameterizedTest|Property|FuzzTest|Provide|ArchTest)\\b");

  private static final Pattern INHERITED =
      Pattern.compile("class \\w+ extends \\w*(Contract|Test)");

  @Test
  void everyTestThatIsNamedExistsAndTestsSomething() throws IOException {
    Set<String> missing = named(Files.readString(DOCUMENT));
    for (Path source : tests()) {
      String text = Files.readString(source);
      if (METHOD.matcher(text).find() || INHERITED.matcher(text).find()) {
        missing.remove(name(source));
      }
    }
    assertThat(missing).as("named in " + DOCUMENT + ", but no such test").isEmpty();
  }

  @Test
  void everyThreatHasProtectionAndTests() throws IOException {
    List<String> rows =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| threat "))
            .toList();

    assertThat(rows)
        .isNotEmpty()
        .allSatisfy(
            row -> {
              String[] cells = row.split("\\|", -1);
              assertThat(cells).as(row).hasSize(5);
              assertThat(cells[1]).as(row).isNotBlank();
              assertThat(cells[2]).as(row).isNotBlank();
              assertThat(named(cells[3])).as(row).isNotEmpty();
            });
  }

  private static Set<String> named(String text) {
    return TEST.matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Path> tests() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      List<Path> sources =
          modules
              .map(module -> module.resolve("src/test/java"))
              .filter(Files::isDirectory)
              .toList();
      assertThat(sources).as("modules with tests").hasSizeGreaterThanOrEqualTo(5);
      List<Path> all = new java.util.ArrayList<>();
      for (Path source : sources) {
        try (Stream<Path> files = Files.walk(source)) {
          files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
        }
      }
      return all;
    }
  }

  private static String name(Path source) {
    return source.getFileName().toString().replace(".java", "");
  }
}
