package culvert.config.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @ParameterizedTest(name = "{0} is {1} s")
  @CsvSource({"5, 5", "90s, 90", "1h30m, 5400", "1W2d3H4M5, 788645", "10m10, 610"})
  void timesAreReadAsOpenSshHasThem(String text, String seconds) {
    assertThat(Numbers.time(text)).isEqualTo(seconds);
  }

  @ParameterizedTest(name = "''{0}''")
  @ValueSource(strings = {"", "s", "1ss", "s1", "1x", "-1", "1 s"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> Numbers.time(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"1", "1s", "11111s"})
  void aLongTextThatIsNoTimeIsRefusedAtOnce(String part) {
    assertTimeoutPreemptively(DEADLINE, () -> whatIsNoTimeIsRefused(part.repeat(200) + "x"));
  }

  @Test
  void anIncludeOfManyWildcardsIsMatchedInLinearTime(@TempDir Path directory) throws IOException {
    Files.createFile(directory.resolve("a".repeat(250)));
    String pattern = directory + "/" + "*a".repeat(40) + "*x";

    assertTimeoutPreemptively(DEADLINE, () -> assertThat(PathPattern.expand(pattern)).isEmpty());
  }
}
