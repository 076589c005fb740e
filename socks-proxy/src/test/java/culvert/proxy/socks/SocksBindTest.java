package culvert.proxy.socks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Secret;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.HandshakeFailure;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocksBindTest {
  private static final String METHODS = "050100";
  private static final String ANYWHERE = "0502000100000000" + "0000";
  private static final InetSocketAddress RESERVED = new InetSocketAddress("192.0.2.1", 40_000);
  private static final InetSocketAddress PEER = new InetSocketAddress("198.51.100.7", 20);

  private EmbeddedClient client = EmbeddedClient.connect();

  @BeforeEach
  void besideAnFtpSession() {
    client.reserved = Optional.of(RESERVED);
  }

  @AfterEach
  void closeClient() {
    client.finishAndReleaseAll();
  }

  private void send(String hex) {
    client.send(HexFormat.of().parseHex(hex));
  }

  private void bind5() {
    send(METHODS);
    client.answer();
    send(ANYWHERE);
    assertThat(client.answer()).isEqualTo("050000" + "01c0000201" + "9c40");
  }

  @Test
  void isAnsweredWithTheReservedPortAndThenWithThePeer() {
    bind5();
    client.binds.get(0).accept(PEER);

    assertThat(client.answer()).isEqualTo("050000" + "01c6336407" + "0014");
    assertThat(client.pipeline().names()).containsExactly("DefaultChannelPipeline$TailContext#0");
    send("6869");
    assertThat(client.passedOn()).isEqualTo("6869");
    assertThat(client.failures).isEmpty();
    assertThat(client.clients).isEmpty();
  }

  @Test
  void aPeerMayHaveAnIpv6Address() {
    bind5();
    client.binds.get(0).accept(new InetSocketAddress("2001:db8::7", 20));

    assertThat(client.answer())
        .isEqualTo("050000" + "04" + "20010db8000000000000000000000007" + "0014");
  }

  @Test
  void ofSocks4IsAnsweredInItsWords() {
    send("0402" + "0015" + "c6336407" + "6d6500");
    assertThat(client.answer()).isEqualTo("005a" + "9c40" + "c0000201");
    client.binds.get(0).accept(PEER);

    assertThat(client.answer()).isEqualTo("005a" + "0014" + "c6336407");
    assertThat(client.pipeline().names()).containsExactly("DefaultChannelPipeline$TailContext#0");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nothing, 0100000000, 0000",
    "the first made-up address, 0100000001, 0000",
    "ASCII bytes of a name, 016674702e, 0000",
    "a broadcast address, 01ffffffff, ffff",
    "an empty name, 0300, 0000",
    "a name that is none, 0303612062, 0015",
    "a name that is not UTF-8, 0302ff00, 0015",
    "an IPv6 address, 0400000000000000000000000000000000, 0000"
  })
  void takesWhateverAddressThereIs(String what, String address, String port) {
    send(METHODS + "050200" + address + port);

    assertThat(client.answer()).as(what).isEqualTo("0500" + "050000" + "01c0000201" + "9c40");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"00000000", "00000001", "6674702e", "c0000201"})
  void ofSocks4TakesWhateverAddressThereIs(String address) {
    send("0402" + "0000" + address + "00");

    assertThat(client.answer()).isEqualTo("005a" + "9c40" + "c0000201");
  }

  @Test
  void aRequestByteForByteIsUnderstood() {
    send(METHODS);
    client.answer();
    for (byte b : HexFormat.of().parseHex("0502000303612e62" + "0000")) {
      assertThat(client.binds).isEmpty();
      client.send(new byte[] {b});
    }
    assertThat(client.binds).hasSize(1);
  }

  @Test
  void ofSocks4ByteForByteIsUnderstoodAndANameBehindItDropped() {
    for (byte b : HexFormat.of().parseHex("0402" + "0000" + "00000001" + "6d6500")) {
      assertThat(client.binds).isEmpty();
      client.send(new byte[] {b});
    }
    assertThat(client.binds).hasSize(1);
    client.answer();
    client.send("ftp.example\0".getBytes(US_ASCII));
    client.binds.get(0).accept(PEER);
    client.send("data".getBytes(US_ASCII));

    assertThat(client.passedOn()).isEqualTo(HexFormat.of().formatHex("data".getBytes(US_ASCII)));
  }

  @Test
  void whoTalksWithoutEndBeforeItsTurnIsHungUpOn() {
    bind5();
    client.send(new byte[400]).send(new byte[400]);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void besideNoFtpSessionItIsNotAllowed() {
    client.reserved = Optional.empty();
    send(METHODS);
    client.answer();
    send(ANYWHERE);

    assertThat(client.answer()).isEqualTo("050200" + "0100000000" + "0000");
    assertThat(client.failures).containsExactly(HandshakeFailure.NOT_EXPECTED);
  }

  @Test
  void ofSocks4BesideNoFtpSessionItIsNotAllowed() {
    client.reserved = Optional.empty();
    send("0402" + "0015" + "c6336407" + "00");

    assertThat(client.answer()).isEqualTo("005b" + "0000" + "00000000");
  }

  @Test
  void theSecondAnswerMayBeARefusal() {
    bind5();
    client.binds.get(0).refuse(Refusal.TIMED_OUT);

    assertThat(client.answer()).isEqualTo("050600" + "0100000000" + "0000");
    assertThat(client.isOutputShutdown()).isTrue();
    assertThat(client.failures).isEmpty();
  }

  @Test
  void aClientThatHangsUpWhileItWaitsIsGone() {
    bind5();
    client.shutDownInput();

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void anUnknownAddressTypeIsNotTaken() {
    send(METHODS + "05020002" + "c0000201" + "0015");

    assertThat(client.answer()).isEqualTo("0500" + "050800" + "0100000000" + "0000");
    assertThat(client.binds).isEmpty();
  }

  @Test
  void nobodyBindsWithoutTheListenersPassword() {
    client = EmbeddedClient.connect(Map.of("me", new Secret("secret")));
    send("0402" + "0015" + "c6336407" + "00");

    assertThat(client.answer()).startsWith("005d");
    assertThat(client.binds).isEmpty();
  }
}
