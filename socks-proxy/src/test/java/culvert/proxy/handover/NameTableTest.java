package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameTableTest {
  @Test
  void aNameHasOneAddressHoweverItIsWritten() {
    NameTable names = new NameTable(Cidr.parse("198.19.0.0/16"));

    Inet4Address address = names.address("ftp.Example");

    assertThat(names.address("FTP.example")).isEqualTo(address);
    assertThat(names.address("other.example")).isNotEqualTo(address);
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
    NameTable names = new NameTable(Cidr.parse("192.0.2.0/29")); // three names
    Inet4Address first = names.address("a");
    Inet4Address second = names.address("b");
    names.address("c");
    assertThat(names.name(first)).contains("a");

    names.address("d");

    assertThat(names.name(first)).contains("a");
    assertThat(names.name(second)).isEmpty();
  }

  @Test
  void aForgottenAddressComesRoundAgainLast() {
    NameTable names = new NameTable(Cidr.parse("192.0.2.0/28")); // 14 addresses, seven names
    Set<Inet4Address> all = new HashSet<>();
    for (int i = 0; i < 14; i++) {
      all.add(names.address("name" + i));
    }

    assertThat(all).hasSize(14);
    assertThat(all.stream().map(Inet4Address::getHostAddress))
        .doesNotContain("192.0.2.0", "192.0.2.15");
    for (int i = 14; i < 100; i++) {
      names.address("name" + i);
    }
    for (int i = 93; i < 100; i++) {
      assertThat(names.name(names.address("name" + i))).contains("name" + i);
    }
  }
}
