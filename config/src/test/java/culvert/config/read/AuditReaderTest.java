package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuditSettings;
import culvert.config.AuditSettings.OnFull;
import culvert.config.ConfigResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditReaderTest {
  private static final String STATE = "state-directory: /var/lib/culvert\n";

  private static Optional<AuditSettings> read(String yaml) {
    ConfigResult result = new ConfigLoader(Loading.ENVIRONMENT).loadString(yaml, "c.yaml");
    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    return ((ConfigResult.Loaded) result).config().audit();
  }

  @Test
  void aTrailIsKeptUnlessItIsTurnedOff() {
    AuditSettings standard =
        new AuditSettings(
            Path.of("/var/lib/culvert/audit.jsonl"),
            100L << 20,
            Duration.ofDays(400),
            true,
            OnFull.DROP);

    assertThat(read(STATE)).contains(standard);
    assertThat(read(STATE + "audit:\n")).contains(standard);
    assertThat(read(STATE + "audit: {}\n")).contains(standard);
    assertThat(read(STATE + "audit: off\n")).isEmpty();
  }

  @Test
  void everyKeyCounts() {
    assertThat(
            read(
                STATE
                    + "audit: { file: /log/a, rotate: 1GiB, keep: 7d, paths: false, on-full: block }"))
        .contains(
            new AuditSettings(
                Path.of("/log/a"), 1L << 30, Duration.ofDays(7), false, OnFull.BLOCK));
    assertThat(read(STATE + "audit: { file: sub/a.jsonl }").orElseThrow().file())
        .isEqualTo(Path.of("/var/lib/culvert/sub/a.jsonl"));
    assertThat(read("audit: { file: ~/a.jsonl }").orElseThrow().file())
        .isEqualTo(Loading.ENVIRONMENT.home().resolve("a.jsonl"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "audit: on                  | c.yaml:1:8: audit: on (expected: off, or a mapping)",
        "audit: [off]               | c.yaml:1:8: audit: a list (expected: a mapping)",
        "audit: { file: '' }        | file: \"\" (expected: a file's name, or a path)",
        "audit: { file: logs/ }     | file: logs/ (expected: a file's name, or a path)",
        "audit: { rotate: 1KiB }    | rotate: 1KiB (expected: 64KiB..1TiB)",
        "audit: { keep: 0s }        | keep: 0s (expected: longer than zero)",
        "audit: { on-full: wait }   | on-full: wait (expected: drop, block",
        "audit: { max-size: 1MiB }  | unknown key \"max-size\"",
      })
  void whatIsWrongIsNamed(String yaml, String problem) {
    ConfigResult result = new ConfigLoader(Loading.ENVIRONMENT).loadString(yaml, "c.yaml");

    assertThat(result).isInstanceOf(ConfigResult.Rejected.class);
    assertThat(result.problems().toString()).contains(problem);
  }
}
