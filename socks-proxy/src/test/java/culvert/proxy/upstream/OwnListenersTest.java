package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnListenersTest {

  @ParameterizedTest(name = "bound to {0}: {1}:{2} is own: {3}")
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 1080, true",
    "127.0.0.1, 127.0.0.1, 1081, false",
    "127.0.0.1, 127.0.0.2, 1080, false",
    "127.0.0.1, 0.0.0.0, 1080, true",
    "127.0.0.1, ::, 1080, true",
    "0.0.0.0, 127.0.0.1, 1080, true",
    "0.0.0.0, 127.200.3.4, 1080, true",
    "0.0.0.0, ::1, 1080, true",
    "::, 127.0.0.1, 1080, true",
    "0.0.0.0, 192.0.2.1, 1080, false",
    "127.0.0.1, 192.0.2.1, 1080, false"
  })
  void knowsItsOwnAddresses(String bound, String destination, int port, boolean own) {
    OwnListeners listeners = new OwnListeners();
    listeners.add(new InetSocketAddress(address(bound), 1080));
    assertThat(listeners.contains(address(destination), port)).isEqualTo(own);
  }

  @Test
  void aPortThatIsBoundAgainBeforeTheLastListenerIsForgottenStaysOwn() {
    OwnListeners listeners = new OwnListeners();
    InetSocketAddress bound = new InetSocketAddress(address("127.0.0.1"), 1080);
    listeners.add(bound);
    listeners.add(bound);

    listeners.remove(bound);
    assertThat(listeners.contains(bound.getAddress(), 1080)).isTrue();
    listeners.remove(bound);
    assertThat(listeners.contains(bound.getAddress(), 1080)).isFalse();
  }

  private static InetAddress address(String literal) {
    return NetUtil.createInetAddressFromIpAddressString(literal);
  }
}
