package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortCommandTest {

  private static PortCommand parse(String line) {
    return PortCommand.parse(new Command(line.getBytes(ISO_8859_1)));
  }

  private static String refusal(String line) {
    return ((PortCommand.Malformed) parse(line)).reply();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "PORT 192,168,1,2,19,137; 192.168.1.2; 5001",
        "port 192,168,1,2,19,137; 192.168.1.2; 5001",
        "PORT 192, 168, 1, 2, 19, 137 ; 192.168.1.2; 5001",
        "PORT 010,0,00,1,0,21; 10.0.0.1; 21",
        "PORT 255,255,255,255,255,255; 255.255.255.255; 65535",
        "EPRT |1|10.0.0.1|5001|; 10.0.0.1; 5001",
        "EPRT !1!10.0.0.1!5001!; 10.0.0.1; 5001",
        "EPRT #1#10.0.0.1#5001#; 10.0.0.1; 5001",
        "EPRT \\1\\10.0.0.1\\5001\\; 10.0.0.1; 5001",
        "EPRT $1$10.0.0.1$5001$; 10.0.0.1; 5001",
        "EPRT ~2~::1~5001~; ::1; 5001",
        "EPRT |2|2001:DB8::7|65535|; 2001:db8::7; 65535",
        "EPRT |2|fe80::1%eth0|5001|; fe80::1; 5001",
        "EPRT |2|::ffff:10.0.0.1|5001|; 10.0.0.1; 5001",
        "EPRT |1|10.0.0.1|0|; 10.0.0.1; 0"
      })
  void namesAnAddressAndAPort(String line, String address, int port) throws Exception {
    assertThat(parse(line))
        .isEqualTo(
            new PortCommand.Target(
                new InetSocketAddress(InetAddress.getByName(address), port),
                line.startsWith("EPRT")));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PORT",
        "PORT 1,2,3,4,5",
        "PORT 1,2,3,4,5,6,7",
        "PORT 256,2,3,4,5,6",
        "PORT 1,2,3,4,5,1000",
        "PORT -1,2,3,4,5,6",
        "PORT |1|10.0.0.1|5001|",
        "PORT localhost,1,2",
        "EPRT",
        "EPRT |",
        "EPRT |1|10.0.0.1|5001",
        "EPRT |1|10.0.0.1|5001|x",
        "EPRT |1|10.0.0.1|65536|",
        "EPRT |1|10.0.0.1|port|",
        "EPRT |1|10.0.0.256|5001|",
        "EPRT |1|localhost|5001|",
        "EPRT |1|::1|5001|",
        "EPRT |2|10.0.0.1|5001|",
        "EPRT |2|ftp.example|5001|",
        "EPRT |2|:::|5001|",
        "EPRT |2|.:1|5001|",
        "EPRT 11110.0.0.1150011",
        "EPRT |x|10.0.0.1|5001|"
      })
  void whatCannotBeReadIsRefusedWithWhatWasExpected(String line) {
    assertThat(refusal(line)).startsWith("501 culvert: " + line).contains(": expected ");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"EPRT |3|x|1|", "EPRT |0|10.0.0.1|5001|", "EPRT |99999|1|1|"})
  void anUnknownFamilyIs522(String line) {
    assertThat(refusal(line)).isEqualTo("522 Network protocol not supported, use (1,2)");
  }

  @ParameterizedTest(name = "port {0} allowed: {1}")
  @CsvSource({"0,false", "21,false", "1023,false", "1024,true", "65535,true"})
  void portsBelow1024AreNotAllowed(int port, boolean allowed) {
    PortCommand.Target target = (PortCommand.Target) parse("EPRT |1|10.0.0.1|" + port + "|");

    assertThat(target.portAllowed()).isEqualTo(allowed);
  }

  @ParameterizedTest(name = "{0} for {1} is {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "PORT 10,0,0,1,19,137; 127.0.0.1; PORT 127,0,0,1,156,64",
        "EPRT !1!10.0.0.1!5001!; 127.0.0.1; EPRT |1|127.0.0.1|40000|",
        "EPRT |2|::7|5001|; 127.0.0.1; EPRT |1|127.0.0.1|40000|",
        "PORT 10,0,0,1,19,137; ::1; EPRT |2|0:0:0:0:0:0:0:1|40000|",
        "EPRT |2|::7|5001|; ::1; EPRT |2|0:0:0:0:0:0:0:1|40000|"
      })
  void isRenamedInTheWordsThatTheClientUsed(String line, String address, String expected)
      throws Exception {
    PortCommand.Target target = (PortCommand.Target) parse(line);

    assertThat(target.renamed(new InetSocketAddress(InetAddress.getByName(address), 40_000)))
        .asString(US_ASCII)
        .isEqualTo(expected + "\r\n");
  }

  @Property
  void whatIsWrittenIsRead(
      @ForAll @Size(4) byte[] ipv4,
      @ForAll @Size(16) byte[] ipv6,
      @ForAll @IntRange(max = 65535) int port,
      @ForAll boolean extended)
      throws Exception {
    for (byte[] bytes : new byte[][] {ipv4, ipv6}) {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(bytes), port);
      String line =
          new String(new PortCommand.Target(address, extended).renamed(address), US_ASCII);

      assertThat(((PortCommand.Target) parse(line.stripTrailing())).address()).isEqualTo(address);
    }
  }
}
