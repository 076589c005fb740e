package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a file holds, the loader answers with a configuration or with problems. */
class MutationTest {

  /** A stretch of the text that is replaced. */
  record Edit(int at, int length, String by) {}

  @Property(tries = 2000)
  void aDamagedFileIsReadOrHasProblemsWithinIt(@ForAll @From("edits") List<Edit> edits)
      throws IOException {
    StringBuilder text = new StringBuilder(DesignExampleTest.text());
    for (Edit edit : edits) {
      int at = Math.floorMod(edit.at(), text.length() + 1);
      text.replace(at, Math.min(text.length(), at + edit.length()), edit.by());
    }

    check(text.toString());
  }

  @Property(tries = 1000)
  void anyTextIsReadOrHasProblemsWithinIt(@ForAll String text) {
    check(text);
  }

  private static void check(String text) {
    ConfigResult result = new ConfigLoader(Loading.ENVIRONMENT).loadString(text, "c.yaml");

    assertThat(result.problems())
        .allSatisfy(
            problem -> {
              assertThat(problem.location().file()) // or of ssh_config, which a file may name
                  .satisfiesAnyOf(
                      file -> assertThat(file).isEqualTo("c.yaml"),
                      file -> assertThat(Path.of(file)).isAbsolute());
              assertThat(problem.location().line()).isPositive();
              assertThat(problem.location().column()).isPositive();
              assertThat(problem.message()).isNotBlank().doesNotContain("\n");
            });
  }

  @Provide
  Arbitrary<List<Edit>> edits() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "",
            " ",
            "\n",
            "\t",
            ":",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            "\"",
            "#",
            "&a ",
            "*a",
            "<<: ",
            "!",
            "!!int ",
            "|",
            ">",
            "%",
            "@",
            "~",
            "null",
            "0",
            "-1",
            "99999999999",
            "${env:",
            "}",
            "\\",
            "\u0000",
            "\uD800",
            "é",
            "? ",
            "---\n",
            "...",
            "/(/",
            "1080");
    return Combinators.combine(
            Arbitraries.integers().between(0, 1 << 20),
            Arbitraries.integers().between(0, 12),
            pieces)
        .as(Edit::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }
}
