package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PassiveReplyTest {

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "227 Entering Passive Mode (192,168,1,2,19,137)",
        "227 Entering Passive Mode (192,168,1,2,19,137).",
        "227 Entering Passive Mode 192,168,1,2,19,137",
        "227 =192,168,1,2,19,137",
        "227=192,168,1,2,19,137",
        "227 Data transfer will passively listen to 192,168,1,2,19,137",
        "227 Entering Passive Mode (192, 168, 1, 2, 19, 137)",
        "227 Take 3 of 300,1,2,3,4,5 or 192,168,1,2,19,137",
        "227 "
      })
  void a227IsReadAsLenientlyAsClientsDo(String line) throws Exception {
    if (line.length() < 10) {
      assertThat(PassiveReply.parse(227, line)).isEmpty();
      return;
    }
    assertThat(PassiveReply.parse(227, line)).isPresent();
    PassiveReply reply = PassiveReply.parse(227, line).orElseThrow();
    assertThat(reply.address()).contains((Inet4Address) InetAddress.getByName("192.168.1.2"));
    assertThat(reply.port()).isEqualTo(19 * 256 + 137);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "229 Entering Extended Passive Mode (|||6446|)",
        "229 Entering Extended Passive Mode (!!!6446!)",
        "229 (###6446#)",
        "229 Extended Passive (|1|10.0.0.1|6446|).",
        "229 |2|fe80::1|6446|",
        "229 ok (~~~6446~)"
      })
  void a229IsReadWithAnyDelimiter(String line) {
    PassiveReply reply = PassiveReply.parse(229, line).orElseThrow();

    assertThat(reply.port()).isEqualTo(6446);
    assertThat(reply.address()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "227 Entering Passive Mode", "227 1,2,3,4,5", "227 (256,1,1,1,1,1)", "229 no port",
        "229 (|||99999|)", "229 (|||x|)", "200 (1,2,3,4,5,6)", "22"
      })
  void whatCannotBeReadIsNotGuessed(String line) {
    int code = line.startsWith("229") ? 229 : line.startsWith("200") ? 200 : 227;

    assertThat(PassiveReply.parse(code, line)).isEmpty();
  }

  @ParameterizedTest(name = "port {0} allowed: {1}")
  @CsvSource({"0,false", "21,false", "1023,false", "1024,true", "65535,true"})
  void portsBelow1024AreNotAllowed(int port, boolean allowed) {
    PassiveReply reply = PassiveReply.parse(229, "229 (|||" + port + "|)").orElseThrow();

    assertThat(reply.portAllowed()).isEqualTo(allowed);
  }

  @Test
  void encodingIsCanonical() throws Exception {
    Inet4Address address = (Inet4Address) InetAddress.getByName("10.0.0.255");

    assertThat(PassiveReply.encode227(address, 50_000))
        .asString(US_ASCII)
        .isEqualTo("227 Entering Passive Mode (10,0,0,255,195,80)\r\n");
    assertThat(PassiveReply.encode229(50_000))
        .asString(US_ASCII)
        .isEqualTo("229 Entering Extended Passive Mode (|||50000|)\r\n");
  }
}
