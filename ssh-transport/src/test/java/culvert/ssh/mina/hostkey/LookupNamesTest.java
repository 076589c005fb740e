package culvert.ssh.mina.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.HostKeyPolicy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An alias, and the server's address beside its name. */
class LookupNamesTest {
  private static final Path FILE = Path.of("known_hosts");
  private static final String ADDRESS = "192.0.2.7";

  @TempDir Path directory;

  private static LookupNames names(
      Optional<String> alias, boolean checkHostIp, String host, int port, String address)
      throws Exception {
    return LookupNames.of(
        new HostKeyPolicy(true, List.of(FILE), alias, checkHostIp),
        host,
        port,
        Optional.of(InetAddress.getByName(address)));
  }

  private static LookupNames withAddress(int port) throws Exception {
    return names(Optional.empty(), true, "ftp.example", port, ADDRESS);
  }

  private static HostKeyVerdict judge(LookupNames names, boolean acceptNew, String... lines) {
    byte[] content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    return KnownHosts.of(new KnownHostsText(FILE, content))
        .lookup(names)
        .judge(Keys.ED25519, acceptNew);
  }

  @Test
  void anAliasStandsForHostAndPort() throws Exception {
    LookupNames names = names(Optional.of("Mainframe"), false, "10.0.0.1", 2222, "10.0.0.1");

    assertThat(judge(names, false, "mainframe " + Keys.text("ed25519")).accepted()).isTrue();
    assertThat(judge(names, false, "[10.0.0.1]:2222,10.0.0.1 " + Keys.text("ed25519")).message())
        .isEqualTo(
            "host key of Mainframe (10.0.0.1:2222) is unknown (%s): not sending credentials",
            Keys.ED25519);
    assertThat(judge(names, true).namesToWrite()).containsExactly("mainframe");
    assertThat(judge(names, true, "mainframe " + Keys.text("rsa")).message())
        .startsWith("host key of Mainframe (10.0.0.1:2222) changed (expected RSA ");
  }

  @Test
  void aNewHostIsWrittenWithItsAddress() throws Exception {
    Path file = directory.resolve("known_hosts");

    KnownHostsAppender.append(List.of(file), withAddress(2222), Keys.ED25519);

    assertThat(Files.readString(file))
        .isEqualTo("[ftp.example]:2222,[192.0.2.7]:2222 " + Keys.text("ed25519") + "\n");
  }

  @Test
  void anUnknownAddressOfAKnownHostIsAddedUnderAcceptNew() throws Exception {
    Path file = directory.resolve("known_hosts");
    Path system = directory.resolve("ssh_known_hosts");
    Files.writeString(system, "ftp.example " + Keys.text("ed25519") + "\n");

    KnownHostsAppender.append(List.of(file, system), withAddress(22), Keys.ED25519);

    assertThat(Files.readString(file)).isEqualTo(ADDRESS + " " + Keys.text("ed25519") + "\n");
    assertThat(judge(withAddress(22), false, "ftp.example " + Keys.text("ed25519")))
        .as("under yes nothing is written")
        .matches(HostKeyVerdict::accepted)
        .extracting(HostKeyVerdict::namesToWrite)
        .isEqualTo(List.of());
  }

  @ParameterizedTest(name = "accept-new: {0}")
  @ValueSource(booleans = {true, false})
  void anAddressThatIsKnownWithAnotherKeyIsRefused(boolean acceptNew) throws Exception {
    HostKeyVerdict known =
        judge(
            withAddress(22),
            acceptNew,
            "ftp.example " + Keys.text("ed25519"),
            ADDRESS + " " + Keys.text("rsa"));

    assertThat(known.accepted()).isFalse();
    assertThat(known.message())
        .startsWith("host key of ftp.example differs from that of its address 192.0.2.7 (expected")
        .contains("known_hosts:2; got ED25519");
    assertThat(judge(withAddress(22), acceptNew, ADDRESS + " " + Keys.text("rsa")).accepted())
        .as("the name is new")
        .isFalse();
  }

  @Test
  void aNewNameForAKnownAddressIsWrittenAlone() throws Exception {
    assertThat(judge(withAddress(22), true, ADDRESS + " " + Keys.text("ed25519")).namesToWrite())
        .containsExactly("ftp.example");
    assertThat(judge(withAddress(22), false, ADDRESS + " " + Keys.text("ed25519")).accepted())
        .as("the name counts")
        .isFalse();
  }

  @Test
  void aKeyRevokedForTheAddressIsRefused() throws Exception {
    assertThat(
            judge(
                withAddress(22),
                true,
                "ftp.example " + Keys.text("ed25519"),
                "@revoked " + ADDRESS + " " + Keys.text("ed25519")))
        .isInstanceOf(HostKeyVerdict.Revoked.class);
  }

  @ParameterizedTest(name = "{0} at {1}")
  @CsvSource({"ftp.example, 127.0.0.1", "ftp.example, ::1", "192.0.2.7, 192.0.2.7"})
  void aLoopbackAddressAndTheNameItselfAreNotLookedUp(String host, String address)
      throws Exception {
    assertThat(names(Optional.empty(), true, host, 2222, address).address()).isEmpty();
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "2001:db8:0:0:0:0:0:5, 2001:db8::5",
    "2001:DB8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "fe80:0:0:0:0:0:0:1, fe80::1",
    "::ffff:192.0.2.7, 192.0.2.7"
  })
  void anAddressIsSpelledAsOpenSshSpellsIt(String address, String spelled) throws Exception {
    assertThat(names(Optional.empty(), true, "ftp.example", 22, address).address())
        .contains(spelled);
    assertThat(names(Optional.empty(), true, "ftp.example", 2222, address).address())
        .contains("[" + spelled + "]:2222");
  }

  @Test
  void aLinkLocalAddressHasItsInterfaceBehindIt() throws Exception {
    byte[] octets = InetAddress.getByName("fe80::1").getAddress();
    NetworkInterface one = NetworkInterface.networkInterfaces().findFirst().orElseThrow();
    for (InetAddress address :
        new InetAddress[] {
          Inet6Address.getByAddress(null, octets, one.getIndex()), // as from a socket
          Inet6Address.getByAddress(null, octets, one)
        }) {
      assertThat(
              LookupNames.of(
                      new HostKeyPolicy(true, List.of(FILE), Optional.empty(), true),
                      "ftp.example",
                      22,
                      Optional.of(address))
                  .address())
          .contains("fe80::1%" + one.getName());
    }
  }

  @Test
  void withoutCheckHostIpTheAddressCountsForNothing() throws Exception {
    LookupNames names = names(Optional.empty(), false, "ftp.example", 22, ADDRESS);

    assertThat(
            judge(
                    names,
                    false,
                    "ftp.example " + Keys.text("ed25519"),
                    ADDRESS + " " + Keys.text("rsa"))
                .accepted())
        .isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"*", "a,bank.example", "!a", "a b", "[a]:2", "a\nb", "|1|a", "#a", "@a"})
  void aNameThatWouldSayMoreInTheFileIsNotWritten(String host) {
    for (int port : new int[] {22, 2222}) {
      HostKeyVerdict verdict = judge(LookupNames.of(host, port), true);

      assertThat(verdict).isInstanceOf(HostKeyVerdict.NotWritable.class);
      assertThat(verdict.accepted()).isFalse();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "ftp-1.example",
        "a_b",
        "192.0.2.1",
        "2001:db8::1",
        "fe80::1%eth0",
        "bücher.example"
      })
  void ordinaryNamesAreWritten(String host) {
    assertThat(judge(LookupNames.of(host, 2222), true).namesToWrite())
        .containsExactly("[" + host + "]:2222");
  }
}
