package culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest(name = "{0} contains {1}: {2}")
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "0.0.0.0/0, 192.0.2.1, true",
    "0.0.0.0/0, ::1, false",
    "2001:db8::/32, 2001:db8:1::1, true",
    "2001:db8::/32, 2001:db9::, false",
    "::/0, 192.0.2.1, false",
    "::1, ::1, true"
  })
  void containsItsAddresses(String network, String address, boolean contained)
      throws UnknownHostException {
    assertThat(Cidr.parse(network).contains(InetAddress.getByName(address))).isEqualTo(contained);
  }

  @Test
  void containsSmallerNetworks() {
    assertThat(Cidr.parse("10.0.0.0/8").contains(Cidr.parse("10.1.0.0/16"))).isTrue();
    assertThat(Cidr.parse("10.1.0.0/16").contains(Cidr.parse("10.0.0.0/8"))).isFalse();
    assertThat(Cidr.parse("0.0.0.0/0").contains(Cidr.parse("::/0"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "*",
        "/8",
        "10",
        "10.0",
        "10.0.*",
        "10.0.0.0-255",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/255.0.0.0",
        "010.0.0.1",
        "0x0a.0.0.1",
        "10.0.0.256",
        "1.2.3.4.5",
        "host",
        "localhost",
        "::1/129",
        ":",
        "fe80::1%eth0",
        "1::2::3",
        "[::1]",
        "10.0.0.1:21"
      })
  void whatIsNotANetworkIsRefused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: an address or CIDR");
  }

  @Test
  void bitsBehindThePrefixAreRefusedAndTheNetworkNamed() {
    assertThatThrownBy(() -> Cidr.parse("10.1.2.3/8"))
        .hasMessage("10.1.2.3/8 has bits set behind the prefix (expected: 10.0.0.0/8)");
  }

  @Property
  void everyAddressCutToItsPrefixIsANetworkThatContainsIt(
      @ForAll @Size(4) byte[] v4, @ForAll @IntRange(max = 32) int prefix)
      throws UnknownHostException {
    byte[] cut = v4.clone();
    for (int bit = prefix; bit < 32; bit++) {
      cut[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    String text = InetAddress.getByAddress(cut).getHostAddress() + "/" + prefix;

    Cidr cidr = Cidr.parse(text);

    assertThat(cidr).hasToString(text).isEqualTo(Cidr.parse(text));
    assertThat(cidr.address()).isEqualTo(cut);
    assertThat(cidr.prefixLength()).isEqualTo(prefix);
    assertThat(cidr.contains(InetAddress.getByAddress(v4))).isTrue();
  }

  @Property
  void everyIpv6AddressIsANetworkOfOne(@ForAll @Size(16) byte[] v6) throws UnknownHostException {
    v6[0] |= 0x20; // no mapped IPv4 address, which Java turns into one
    InetAddress address = InetAddress.getByAddress(v6);

    Cidr cidr = Cidr.parse(address.getHostAddress());

    assertThat(cidr.contains(address)).isTrue();
    assertThat(cidr.prefixLength()).isEqualTo(128);
  }
}
