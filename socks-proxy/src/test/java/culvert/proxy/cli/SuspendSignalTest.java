package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuspendSignalTest {
  private static final int USR1 = 10;
  private static final int USR2 = 12;

  @Test
  void itIsSigusr2() {
    assertThat(SuspendSignal.is("USR2", USR2, Map.of())).isTrue();
    assertThat(SuspendSignal.is("USR1", USR1, Map.of())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"13", "34", "64"})
  void itCanBeMoved(String number) {
    assertThat(SuspendSignal.is("USR2", USR2, moved(number))).isFalse();
    assertThat(SuspendSignal.is("X", Integer.parseInt(number), moved(number))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "11", "12", "65", "640", "x"})
  void withANumberThatHotSpotDoesNotTakeItStays(String number) {
    assertThat(SuspendSignal.is("USR2", USR2, moved(number))).isTrue();
    assertThat(SuspendSignal.is("USR1", USR1, moved(number))).isFalse();
  }

  private static Map<String, String> moved(String number) {
    return Map.of(SuspendSignal.VARIABLE, number);
  }
}
