package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NameTableTest {
  @Test
  void aNameHasOneAddressHoweverItIsWritten() {
    NameTable names = new NameTable(Cidr.parse("198.19.0.0/16"));

    Inet4Address address = names.address("ftp.Example").orElseThrow();

    assertThat(names.address("FTP.example")).contains(address);
    assertThat(names.address("other.example").orElseThrow()).isNotEqualTo(address);
    assertThat(names.name(address)).contains("ftp.example");
    assertThat(names.isPseudo(address)).isTrue();
  }

  @Test
  void whatStandsForNoNameIsStillNobodysAddress() throws Exception {
    NameTable names = new NameTable(Cidr.parse("198.19.0.0/16"));
    InetAddress unused = InetAddress.getByName("198.19.7.7");

    assertThat(names.isPseudo(unused)).isTrue();
    assertThat(names.name(unused)).isEmpty();
    assertThat(names.isPseudo(InetAddress.getByName("198.18.0.1"))).isFalse();
    assertThat(names.isPseudo(InetAddress.getByName("2001:db8::1"))).isFalse();
  }

  @Test
  void theNameThatWasNotUsedForLongestIsForgotten() {
    NameTable names = new NameTable(Cidr.parse("198.19.0.0/16"));
    Inet4Address first = names.address("a").orElseThrow();
    Inet4Address second = names.address("b").orElseThrow();
    for (int i = 2; i < NameTable.MOST_NAMES; i++) {
      names.address("name" + i);
    }
    assertThat(names.name(first)).contains("a");
    assertThat(names.address("b")).contains(second);
    assertThat(names.name(first)).contains("a");

    names.address("one more");
    names.address("and one more");

    assertThat(names.name(first)).contains("a");
    assertThat(names.name(second)).contains("b");
    assertThat(names.address("name2").orElseThrow().getHostAddress()).isEqualTo("198.19.16.3");
  }

  @Test
  void anAddressIsNeverGivenToAnotherName() {
    NameTable names = new NameTable(Cidr.parse("192.0.2.0/24")); // 254 addresses
    Map<Inet4Address, String> given = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      String name = "name" + i;
      names.address(name).ifPresent(address -> assertThat(given.put(address, name)).isNull());
    }

    assertThat(given).hasSize(254);
    assertThat(given.keySet().stream().map(Inet4Address::getHostAddress))
        .doesNotContain("192.0.2.0", "192.0.2.255");
    given.forEach((address, name) -> assertThat(names.name(address)).contains(name));
    assertThat(names.address("name0")).as("it has one").isPresent();
    assertThat(names.address("name999")).as("there are no more").isEmpty();
  }
}
