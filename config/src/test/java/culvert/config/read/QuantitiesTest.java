package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.config.ConfigResult;
import java.time.Duration;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final Map<String, Integer> SHIFTS =
      Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);

  @Property
  void aDurationIsItsNumberTimesItsUnit(
      @ForAll @IntRange(max = 3650) int number, @ForAll @From("timeUnits") String unit) {
    assertThat(Quantities.parseDuration(number + unit))
        .isEqualTo(Duration.ofMillis(number * MILLIS.get(unit)));
  }

  @Property
  void aSizeIsItsNumberTimesItsUnit(
      @ForAll @IntRange(max = 1024) int number, @ForAll @From("sizeUnits") String unit) {
    assertThat(Quantities.parseSize(number + unit)).isEqualTo((long) number << SHIFTS.get(unit));
  }

  @Property
  void anyTextIsAQuantityOrRefusedInWords(@ForAll String text) {
    try {
      assertThat(Quantities.parseDuration(text)).isGreaterThanOrEqualTo(Duration.ZERO);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("expected: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "s",
        "5 s",
        "-5s",
        "1.5s",
        "5S",
        "5sec",
        "1h30m",
        "٣s",
        "999999999999999d",
        "9999999999999999999s"
      })
  void whatIsNotADurationIsRefused(String text) {
    assertThatThrownBy(() -> Quantities.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "64K", "64KB", "64kib", "1.5MiB", "-1B", "2000TiB", "99999999999999999B"})
  void whatIsNotASizeIsRefused(String text) {
    assertThatThrownBy(() -> Quantities.parseSize(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: ");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "1,             ''",
    "1000000,       ''",
    "2097152,       ; did you mean \"2097152B\"?",
    "64mb,          ; did you mean \"64MiB\"?",
    "900k,          ''",
    "2tb,           ''",
    "999999999999999999999, ''"
  })
  void aSizeThatIsSuggestedIsOneThatIsTaken(String text, String suggestion) {
    ConfigResult result =
        new ConfigLoader(Loading.environment(Map.of()))
            .loadString("limits: { buffered: " + text + " }", "c.yaml");

    assertThat(result.problems())
        .singleElement()
        .asString()
        .endsWith("(expected: a size such as 512B, 64KiB, 2MiB, 64GiB" + suggestion + ")");
  }

  @Provide
  Arbitrary<String> timeUnits() {
    return Arbitraries.of(MILLIS.keySet());
  }

  @Provide
  Arbitrary<String> sizeUnits() {
    return Arbitraries.of(SHIFTS.keySet());
  }
}
