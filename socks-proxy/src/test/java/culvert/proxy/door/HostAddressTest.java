package culvert.proxy.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class HostAddressTest {

  /** As Java's lookup of names makes them, and nothing else does. */
  private static InetAddress mapped(int... ipv4) throws UnknownHostException {
    byte[] address = new byte[16];
    address[10] = (byte) 0xff;
    address[11] = (byte) 0xff;
    for (int i = 0; i < 4; i++) {
      address[12 + i] = (byte) ipv4[i];
    }
    return Inet6Address.getByAddress(null, address, -1);
  }

  private static InetAddress plain(String address) {
    return NetUtil.createInetAddressFromIpAddressString(address);
  }

  @Test
  void anAnswerOfAMappedAddressIsTheAddressOfIpv4ThatItStandsFor() throws Exception {
    assertThat(mapped(10, 0, 0, 1)).isInstanceOf(Inet6Address.class);

    assertThat(HostAddress.of(mapped(10, 0, 0, 1), mapped(127, 0, 0, 1)))
        .containsExactly(plain("10.0.0.1"), plain("127.0.0.1"));
    assertThat(HostAddress.of(mapped(0, 0, 0, 0), mapped(224, 0, 0, 1), mapped(255, 255, 255, 255)))
        .isEmpty();
  }

  @Test
  void othersStayAsTheyAre() throws Exception {
    InetAddress scoped =
        Inet6Address.getByAddress(null, NetUtil.createByteArrayFromIpAddressString("fe80::1"), 7);

    assertThat(HostAddress.of(plain("::"), scoped))
        .singleElement()
        .hasToString("/fe80:0:0:0:0:0:0:1%7");
  }
}
