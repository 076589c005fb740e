package culvert.proxy.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenFdsTest {
  private static final long PID = 4711;

  @Test
  void descriptorsAreCountedFrom3() throws IOException {
    Map<String, String> passed =
        Map.of("LISTEN_PID", "4711", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "a:b");

    assertThat(ListenFds.of(passed, PID).descriptors()).containsExactly(3, 4);
    assertThat(ListenFds.of(Map.of("LISTEN_PID", "4711", "LISTEN_FDS", "0"), PID).descriptors())
        .isEmpty();
  }

  @Test
  void whatIsForAnotherProcessIsNotOurs() throws IOException {
    assertThat(ListenFds.of(Map.of(), PID).descriptors()).isEmpty();
    assertThat(ListenFds.of(Map.of("LISTEN_FDS", "2"), PID).descriptors()).isEmpty();
    assertThat(ListenFds.of(Map.of("LISTEN_PID", "47", "LISTEN_FDS", "2"), PID).descriptors())
        .isEmpty();
    assertThat(ListenFds.of(Map.of("LISTEN_PID", "", "LISTEN_FDS", "x"), PID).descriptors())
        .isEmpty();
  }

  @ParameterizedTest(name = "LISTEN_FDS={0}")
  @ValueSource(strings = {"", "-1", "two", "2 ", "65537", "99999999999"})
  void whatIsNoNumberOfSocketsIsRefused(String count) {
    Map<String, String> passed = Map.of("LISTEN_PID", "4711", "LISTEN_FDS", count);

    assertThatThrownBy(() -> ListenFds.of(passed, PID))
        .isInstanceOf(IOException.class)
        .hasMessage("LISTEN_FDS=" + count + " (expected: how many sockets are passed)");
  }
}
