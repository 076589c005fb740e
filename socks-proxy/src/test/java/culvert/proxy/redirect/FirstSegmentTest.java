package culvert.proxy.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FirstSegmentTest {
  private static final int SOURCE = 40_001;
  private static final int NOW = 1225;
  private static final int LISTENER = 2180;

  @Test
  void aRuleHasWrittenTheClientsPortIntoIt() {
    assertThat(ipv4(5, SOURCE, LISTENER).sourcePort(LISTENER)).hasValue(SOURCE);
    assertThat(ipv4(15, SOURCE, LISTENER).sourcePort(LISTENER)).hasValue(SOURCE);
    assertThat(ipv6(6, SOURCE, LISTENER).sourcePort(LISTENER)).hasValue(SOURCE);
  }

  @Test
  void whatNoRuleHasWrittenSaysNothing() {
    assertThat(ipv4(5, 0, 0).sourcePort(LISTENER)).isEmpty();
    assertThat(ipv4(5, 0, LISTENER).sourcePort(LISTENER)).isEmpty();
    assertThat(ipv4(5, SOURCE, LISTENER + 1).sourcePort(LISTENER)).isEmpty();
    assertThat(ipv6(43, SOURCE, LISTENER).sourcePort(LISTENER)).isEmpty();
    assertThat(new FirstSegment(ByteBuffer.allocate(256)).sourcePort(LISTENER)).isEmpty();
    assertThat(new FirstSegment(ByteBuffer.allocate(0)).sourcePort(LISTENER)).isEmpty();
  }

  @Property(tries = 200)
  void whateverItIsItIsReadToItsEndAtMost(@ForAll byte[] bytes, @ForAll byte first) {
    if (bytes.length > 0) {
      bytes[0] = first;
    }
    assertThat(new FirstSegment(ByteBuffer.wrap(bytes)).sourcePort(LISTENER).orElse(1))
        .isBetween(1, 65_535);
  }

  private static FirstSegment ipv4(int words, int source, int destination) {
    ByteBuffer ip = ByteBuffer.allocate(256).put((byte) (0x40 | words));
    return new FirstSegment(tcp(ip, words * 4, source, destination));
  }

  private static FirstSegment ipv6(int next, int source, int destination) {
    ByteBuffer ip = ByteBuffer.allocate(256).put((byte) 0x60).put(6, (byte) next);
    return new FirstSegment(tcp(ip, 40, source, destination));
  }

  private static ByteBuffer tcp(ByteBuffer ip, int at, int source, int destination) {
    return ip.putShort(at, (short) NOW)
        .putShort(at + 2, (short) 2180)
        .putShort(at + 8, (short) source)
        .putShort(at + 10, (short) destination)
        .clear();
  }
}
