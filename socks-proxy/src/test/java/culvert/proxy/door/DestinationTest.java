package culvert.proxy.door;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"joe:21 canary@host", "joe:21/canary@host", "ftp://joe:1/canary@host/x"})
  void aPasswordInAMalformedNameIsNotTold(String name) {
    assertThatThrownBy(() -> Destination.parse(name))
        .hasMessageContaining("joe:***@host")
        .hasMessageNotContaining("canary");
  }
}
