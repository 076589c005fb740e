package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@ExtendWith(RestoreLogging.class)
class CulvertTest {
  @TempDir private Path directory;
  private CommandLineRun culvert;

  @BeforeEach
  void freshRun() {
    culvert = new CommandLineRun(directory);
  }

  @ParameterizedTest(name = "culvert {0}")
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "check --nonsense",
        "check -c",
        "explain",
        "explain ftp.example:x",
        "explain ftp.example:0",
        "explain ftp.example:65536",
        "explain [::1:21",
        "explain h:21 --from somewhere",
        "explain h:21 --from 10.0.0.0/8",
        "explain h:21 --listener nonsense",
        "run --log-format xml",
        "demo now"
      })
  void wrongUsageExitsWith2AndSaysSoOnStandardError(String line) {
    String[] args = line.isEmpty() ? new String[0] : line.split(" ", -1);

    assertThat(culvert.execute(args)).isEqualTo(2);
    assertThat(culvert.out()).isEmpty();
    assertThat(culvert.err().lines()).hasSizeBetween(2, 4).first(STRING).startsWith("culvert: ");
    assertThat(culvert.err().lines()).last(STRING).matches("Try: culvert[a-z ]* --help");
    assertThat(culvert.err()).doesNotContain("Usage:");
  }

  @Test
  void summariesAreWholeSentencesOnOneLine() {
    assertThat(culvert.execute("--help")).isZero();
    assertThat(culvert.execute("audit", "--help")).isZero();

    assertThat(culvert.outLines().stream().filter(line -> line.matches("  [a-z]+ {2,}[A-Z].*")))
        .hasSizeGreaterThan(11)
        .allSatisfy(line -> assertThat(line).endsWith(".").hasSizeLessThanOrEqualTo(80));
  }

  @ParameterizedTest(name = "culvert {0} --help")
  @ValueSource(strings = {"run", "check", "explain", "trust", "demo"})
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(culvert.execute(command, "--help")).isZero();

    assertThat(culvert.out()).contains("Usage: culvert " + command).contains("Example: culvert ");
  }

  @Test
  void theProgramHasHelpThatNamesEveryCommand() {
    assertThat(culvert.execute("--help")).isZero();

    assertThat(culvert.out()).contains("run", "check", "explain", "trust", "demo", "Exit codes:");
  }

  @ParameterizedTest(name = "culvert {0}")
  @CsvSource({
    "check, INFO",
    "-v check, DEBUG",
    "check -v, DEBUG",
    "check -vv, TRACE",
    "-v -v check, TRACE"
  })
  void verbosityIsTakenBeforeAndBehindTheCommand(String line, String level) {
    assertThat(culvert.execute(line.split(" ", -1))).isZero();

    assertThat(((Logger) LoggerFactory.getLogger("culvert")).getLevel()).hasToString(level);
  }

  @Test
  void theVersionIsAResult() {
    assertThat(culvert.execute("--version")).isZero();

    assertThat(culvert.out()).startsWith("culvert ").contains("Java ");
    assertThat(culvert.err()).isEmpty();
  }

  @Test
  void withoutEmbeddedServersTheDemoSaysWhereItIs() {
    assertThat(culvert.execute("demo", "--once")).isEqualTo(1);

    assertThat(culvert.err())
        .contains("the demo is not part of this installation; run ./culvert demo");
  }
}
