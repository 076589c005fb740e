package culvert.proxy.ftp.passive;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedPortsTest {

  @ParameterizedTest(name = "control at {0} from {1}: data at {2}")
  @CsvSource({
    "localhost, 127.0.0.1, 127.0.0.1",
    "LOCALHOST, ::1, ::1",
    "127.0.0.1, 127.0.0.1, 127.0.0.1",
    "::1, ::1, ::1",
    "0.0.0.0, 192.0.2.7, 0.0.0.0",
    "'', 127.0.0.1, ''"
  })
  void dataAreExpectedAtTheLoopbackAddressThatTheClientHasReached(
      String control, String originator, String data) {
    assertThat(
            ForwardedPorts.dataHost(
                control, NetUtil.createInetAddressFromIpAddressString(originator)))
        .isEqualTo(data);
  }
}
