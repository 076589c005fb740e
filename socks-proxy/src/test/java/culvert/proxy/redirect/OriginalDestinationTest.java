package culvert.proxy.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class OriginalDestinationTest {

  @Test
  void readsASocketAddressOfIpv4() throws Exception {
    ByteBuffer answer = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putShort((short) 2);
    answer.order(ByteOrder.BIG_ENDIAN).putShort((short) 40_021).put(new byte[] {10, 77, 0, 2});

    assertThat(OriginalDestination.Remembered.parse(answer.rewind()))
        .isEqualTo(new InetSocketAddress("10.77.0.2", 40_021));
  }

  @Test
  void readsASocketAddressOfIpv6() throws Exception {
    assertThat(OriginalDestination.Remembered.parse(ipv6("fd77::2", 0)))
        .isEqualTo(new InetSocketAddress("fd77::2", 21));
    assertThat(OriginalDestination.Remembered.parse(ipv6("::ffff:10.77.0.2", 0)))
        .isEqualTo(new InetSocketAddress("10.77.0.2", 21));
  }

  @Test
  void anAddressOfOneLinkKeepsItsScope() throws Exception {
    InetSocketAddress read = OriginalDestination.Remembered.parse(ipv6("fe80::2", 7));

    assertThat(((Inet6Address) read.getAddress()).getScopeId()).isEqualTo(7);
  }

  private static ByteBuffer ipv6(String address, int scope) {
    ByteBuffer answer = ByteBuffer.allocate(28).order(ByteOrder.nativeOrder()).putShort((short) 10);
    answer.order(ByteOrder.BIG_ENDIAN).putShort((short) 21).putInt(0x12345);
    answer.put(
        NetUtil.createByteArrayFromIpAddressString(address).length == 16
            ? NetUtil.createByteArrayFromIpAddressString(address)
            : new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 77, 0, 2});
    return answer.order(ByteOrder.nativeOrder()).putInt(scope).rewind();
  }
}
