package culvert.proxy.socks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SocksHandshakePropertyTest {

  @Property
  void aHandshakeMeansTheSameHoweverItIsCut(
      @ForAll("handshakes") byte[] handshake,
      @ForAll("payloads") byte[] behind,
      @ForAll("cuts") List<Integer> cuts) {
    assertReadAsTheReferenceDoes(concat(handshake, behind), cuts);
    assertThat(ReferenceHandshake.read(handshake)).isPresent();
  }

  @Property
  void oneWrongByteIsReadAsTheReferenceReadsIt(
      @ForAll("handshakes") byte[] handshake,
      @ForAll("positions") int position,
      @ForAll byte value,
      @ForAll("cuts") List<Integer> cuts) {
    byte[] mutated = handshake.clone();
    mutated[position % mutated.length] = value;
    assertReadAsTheReferenceDoes(mutated, cuts);
  }

  @Property
  void anyBytesAreReadAsTheReferenceReadsThem(
      @ForAll("lookalikes") byte[] bytes, @ForAll("cuts") List<Integer> cuts) {
    assertReadAsTheReferenceDoes(bytes, cuts);
  }

  /** Sends the bytes in pieces and compares what comes out. */
  static void assertReadAsTheReferenceDoes(byte[] bytes, List<Integer> cuts) {
    var expected = ReferenceHandshake.read(bytes);
    EmbeddedClient client = EmbeddedClient.connect();
    try {
      int from = 0;
      for (int i = 0; from < bytes.length && client.isOpen(); i++) {
        int length = cuts.isEmpty() ? bytes.length : cuts.get(i % cuts.size());
        int to = Math.min(bytes.length, from + length);
        client.send(Arrays.copyOfRange(bytes, from, to));
        from = to;
      }
      if (expected.isEmpty()) {
        assertThat(client.clients).isEmpty();
        return;
      }
      assertThat(client.failures).isEmpty();
      assertThat(client.clients).hasSize(1);
      assertThat(client.clients.get(0).request().host()).isEqualTo(expected.get().host());
      assertThat(client.clients.get(0).request().port()).isEqualTo(expected.get().port());
      client.clients.get(0).accept();
      assertThat(client.passedOn()).isEqualTo(expected.get().rest());
    } finally {
      client.finishAndReleaseAll();
    }
  }

  @Provide
  Arbitrary<byte[]> handshakes() {
    return Arbitraries.oneOf(socks4(), socks4a(), socks5());
  }

  @Provide
  Arbitrary<byte[]> payloads() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
  }

  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(1, 12).list().ofMaxSize(8);
  }

  @Provide
  Arbitrary<Integer> positions() {
    return Arbitraries.integers().between(0, 300);
  }

  @Provide
  Arbitrary<byte[]> lookalikes() {
    Arbitrary<byte[]> starts =
        Arbitraries.of(
            new byte[] {4, 1},
            new byte[] {5, 1, 0, 5, 1, 0, 3},
            new byte[] {5, 2, 0, 2, 5, 1, 0, 1},
            new byte[] {5},
            new byte[] {});
    return Combinators.combine(starts, payloads()).as(SocksHandshakePropertyTest::concat);
  }

  private static Arbitrary<String> hosts() {
    Arbitrary<String> label =
        Arbitraries.strings().withCharRange('a', 'z').numeric().ofMinLength(1).ofMaxLength(20);
    return label.list().ofMinSize(1).ofMaxSize(4).map(labels -> "h" + String.join(".", labels));
  }

  private static Arbitrary<Integer> ports() {
    return Arbitraries.integers().between(1, 65535);
  }

  private static Arbitrary<byte[]> addresses() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 223),
            Arbitraries.bytes().array(byte[].class).ofSize(3))
        .as((first, rest) -> concat(new byte[] {first.byteValue()}, rest));
  }

  private static Arbitrary<String> userIds() {
    return Arbitraries.strings().alpha().ofMaxLength(255);
  }

  private static Arbitrary<byte[]> socks4() {
    return Combinators.combine(ports(), addresses(), userIds())
        .as(
            (port, address, user) ->
                concat(
                    new byte[] {4, 1, (byte) (port >> 8), port.byteValue()},
                    address,
                    zeroEnded(user)));
  }

  private static Arbitrary<byte[]> socks4a() {
    return Combinators.combine(ports(), userIds(), hosts())
        .as(
            (port, user, host) ->
                concat(
                    new byte[] {4, 1, (byte) (port >> 8), port.byteValue(), 0, 0, 0, 7},
                    zeroEnded(user),
                    zeroEnded(host)));
  }

  private static Arbitrary<byte[]> socks5() {
    Arbitrary<byte[]> named =
        hosts().map(host -> concat(new byte[] {3, (byte) host.length()}, host.getBytes(US_ASCII)));
    Arbitrary<byte[]> ipv4 = addresses().map(address -> concat(new byte[] {1}, address));
    Arbitrary<byte[]> ipv6 =
        Arbitraries.bytes()
            .array(byte[].class)
            .ofSize(14)
            .map(rest -> concat(new byte[] {4, 0x20, 1}, rest));
    Arbitrary<byte[]> methods = Arbitraries.bytes().array(byte[].class).ofMaxSize(5);
    return Combinators.combine(methods, Arbitraries.oneOf(named, ipv4, ipv6), ports())
        .as(
            (others, destination, port) ->
                concat(
                    new byte[] {5, (byte) (others.length + 1), 0},
                    others,
                    new byte[] {5, 1, 0},
                    destination,
                    new byte[] {(byte) (port >> 8), port.byteValue()}));
  }

  private static byte[] zeroEnded(String text) {
    return (text + "\0").getBytes(US_ASCII);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
