package culvert.proxy.socks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Secret;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.HandshakeFailure;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocksDoorTest {
  private static final String NO_METHOD_NEEDED = "0500";
  private static final String CONNECTED = "050000" + "01c0000201" + "0438";
  private static final String CONNECTED_4 = "005a" + "0438" + "c0000201";
  private static final Map<String, Secret> USERS = Map.of("bätch", new Secret("pässwörd"));

  private final List<EmbeddedClient> clients = new ArrayList<>();
  private EmbeddedClient client = opened(EmbeddedClient.connect());

  private EmbeddedClient opened(EmbeddedClient one) {
    clients.add(one);
    return one;
  }

  @AfterEach
  void closeClients() {
    clients.forEach(EmbeddedClient::finishAndReleaseAll);
  }

  @Test
  void socks5TakesAName() {
    client.send(5, 1, 0);
    assertThat(client.answer()).isEqualTo(NO_METHOD_NEEDED);
    client.send(request5("ftp.example", 21));

    assertThat(request())
        .isEqualTo(
            new ConnectionRequest(
                "ftp.example",
                new DestinationAddress.NotResolved(),
                21,
                EmbeddedClient.ADDRESS.getAddress(),
                "socks"));
    assertThat(client.answer()).isEmpty();
    client.clients.get(0).accept();
    assertThat(client.answer()).isEqualTo(CONNECTED);
    assertThat(client.pipeline().names()).containsExactly("DefaultChannelPipeline$TailContext#0");
  }

  @Test
  void socks5TakesAnIpv4Address() throws Exception {
    client.send(5, 1, 0).send(5, 1, 0, 1, 192, 0, 2, 1, 0, 21);
    assertThat(request().host()).isEqualTo("192.0.2.1");
    assertThat(request().address())
        .isEqualTo(new DestinationAddress.Known(InetAddress.getByName("192.0.2.1")));
  }

  @Test
  void socks5TakesAnIpv6Address() throws Exception {
    client.send(5, 1, 0);
    client.send(5, 1, 0, 4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 8, 73);
    assertThat(request().host()).isEqualTo("2001:db8::1");
    assertThat(request().port()).isEqualTo(2121);
    assertThat(request().address())
        .isEqualTo(new DestinationAddress.Known(InetAddress.getByName("2001:db8::1")));
  }

  @Test
  void anIpv4MappedAddressIsAnIpv4Address() {
    client.send(5, 1, 0);
    client.send(5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 169, 254, 169, 254, 0, 80);
    assertThat(request().host()).isEqualTo("169.254.169.254");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "ftp.example.,ftp.example",
    "FTP_1.Example,FTP_1.Example",
    "bücher.example,xn--bcher-kva.example",
    "192.0.2.1,192.0.2.1",
    "2001:DB8:0:0::1,2001:db8::1",
    "[::1],::1",
    "::ffff:10.0.0.1,10.0.0.1"
  })
  void namesComeOutInOneSpelling(String sent, String host) {
    client.send(5, 1, 0).send(request5(sent, 21));
    assertThat(request().host()).isEqualTo(host);
  }

  @ParameterizedTest(name = "[{index}]")
  @ValueSource(
      strings = {
        "",
        ".",
        "a b",
        "a/b",
        "a\r\nb",
        "a\u0000b",
        "user@host",
        "a..b",
        "host:21",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "-\u202e"
      })
  void whatIsNoHostIsRefused(String name) {
    client.send(5, 1, 0).send(request5(name, 21));
    assertRefused("050100010000000000 00", HandshakeFailure.MALFORMED);
  }

  @Test
  void aNameThatIsNotUtf8IsRefused() {
    client.send(5, 1, 0).send(5, 1, 0, 3, 2, 0xc3, 0x28, 0, 21);
    assertRefused("05010001000000000000", HandshakeFailure.MALFORMED);
  }

  @Test
  void portZeroIsRefused() {
    client.send(5, 1, 0).send(5, 1, 0, 1, 192, 0, 2, 1, 0, 0);
    assertRefused("05010001000000000000", HandshakeFailure.MALFORMED);
  }

  @Test
  void anUnknownAddressTypeIsRefused() {
    client.send(5, 1, 0).send(5, 1, 0, 2, 192, 0, 2, 1, 0, 21);
    assertRefused("05080001000000000000", HandshakeFailure.MALFORMED);
  }

  @Test
  void aRequestOfAnotherVersionIsRefused() {
    client.send(5, 1, 0).send(4, 1, 0, 1, 192, 0, 2, 1, 0, 21);
    assertRefused("05010001000000000000", HandshakeFailure.MALFORMED);
  }

  @ParameterizedTest(name = "command {0}")
  @ValueSource(ints = {0, 3, 9})
  void othersThanConnectAndBindAreNotSupported(int command) {
    client.send(5, 1, 0).send(5, command, 0, 1, 192, 0, 2, 1, 0, 21);
    assertRefused("05070001000000000000", HandshakeFailure.COMMAND_NOT_SUPPORTED);
  }

  @Test
  void withoutACommonMethodNobodyGetsIn() {
    client.send(5, 2, 1, 2);
    assertThat(client.answer()).isEqualTo("05ff");
    assertThat(client.failures).containsExactly(HandshakeFailure.NOT_AUTHENTICATED);
    assertThat(client.isOutputShutdown()).isTrue();
  }

  @Test
  void userAndPasswordAreComparedAsUtf8() {
    client = opened(EmbeddedClient.connect(USERS));
    client.send(5, 2, 0, 2);
    assertThat(client.answer()).isEqualTo("0502");
    client.send(credentials("bätch", "pässwörd"));
    assertThat(client.answer()).isEqualTo("0100");
    client.send(request5("ftp.example", 21));
    assertThat(client.clients.get(0).user()).contains("bätch");
  }

  @ParameterizedTest(name = "{0}/{1}")
  @CsvSource({"bätch,wrong", "nobody,pässwörd", "bätch,''", "'',''", "nobody,''"})
  void wrongCredentialsDoNotGetIn(String user, String password) {
    client = opened(EmbeddedClient.connect(USERS));
    client.send(5, 1, 2).send(credentials(user, password)).send(request5("ftp.example", 21));
    assertThat(client.answer()).startsWith("050201").isNotEqualTo("05020100");
    assertThat(client.clients).isEmpty();
    assertThat(client.failures).containsExactly(HandshakeFailure.NOT_AUTHENTICATED);
  }

  @Test
  void aListenerWithUsersDoesNotOfferToDoWithout() {
    client = opened(EmbeddedClient.connect(USERS));
    client.send(5, 1, 0).send(request5("ftp.example", 21));
    assertThat(client.answer()).isEqualTo("05ff");
    assertThat(client.clients).isEmpty();
  }

  @Test
  void credentialsOfAnotherVersionEndTheHandshake() {
    client = opened(EmbeddedClient.connect(USERS));
    client.send(5, 1, 2).send(5, 1, 0, 1, 192, 0, 2, 1, 0, 21);
    assertThat(client.isOpen()).isFalse();
    assertThat(client.failures).containsExactly(HandshakeFailure.MALFORMED);
  }

  @Test
  void socks4TakesAnAddress() {
    client.send(4, 1, 0, 21, 192, 0, 2, 1, 'm', 'e', 0);
    assertThat(request().host()).isEqualTo("192.0.2.1");
    assertThat(client.clients.get(0).user()).isEmpty();
    client.clients.get(0).accept();
    assertThat(client.answer()).isEqualTo(CONNECTED_4);
  }

  @Test
  void socks4aTakesAName() {
    client.send(4, 1, 0, 21, 0, 0, 0, 1, 0);
    client.send("ftp.example\0".getBytes(UTF_8));
    assertThat(request().host()).isEqualTo("ftp.example");
    assertThat(request().address()).isEqualTo(new DestinationAddress.NotResolved());
  }

  @ParameterizedTest(name = "[{index}]")
  @CsvSource({"'a b\0'", "'\0'", "'a/b\0'"})
  void socks4aNamesAreChecked(String name) {
    client.send(4, 1, 0, 21, 0, 0, 0, 1, 0).send(name.getBytes(UTF_8));
    assertRefused("005b000000000000", HandshakeFailure.MALFORMED);
  }

  @Test
  void aSocks4UserIdWithoutEndIsRefused() {
    client.send(4, 1, 0, 21, 192, 0, 2, 1).send("x".repeat(300).getBytes(UTF_8));
    assertRefused("005b000000000000", HandshakeFailure.MALFORMED);
  }

  @Test
  void socks4PortZeroIsRefused() {
    client.send(4, 1, 0, 0, 192, 0, 2, 1, 0);
    assertRefused("005b000000000000", HandshakeFailure.MALFORMED);
  }

  @Test
  void socks4HasNoPasswordAndIsRefusedWhereThereAreUsers() {
    client = opened(EmbeddedClient.connect(USERS));
    client.send(4, 1, 0, 21, 192, 0, 2, 1, 'b', 0);
    assertRefused("005d000000000000", HandshakeFailure.NOT_AUTHENTICATED);
  }

  @ParameterizedTest(name = "first byte {0}")
  @ValueSource(ints = {0x16, 'G', 0, 6, 0xff})
  void otherProtocolsAreClosed(int firstByte) {
    client.send(firstByte, 1, 2, 3);
    assertThat(client.isOpen()).isFalse();
    assertThat(client.failures).containsExactly(HandshakeFailure.OTHER_PROTOCOL);
    assertThat(client.answer()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"GET / HTTP/1.1\r\n", "CONNECT ftp.example:21 HTTP/1.1\r\n", "POST "})
  void anHttpClientIsToldThatThisIsASocksPort(String request) {
    client.send(request.getBytes(US_ASCII)).send(request.getBytes(US_ASCII));

    String answer = new String(HexFormat.of().parseHex(client.answer()), US_ASCII);
    assertThat(answer)
        .matches("(?s)HTTP/1\\.1 400 .*\r\n\r\nThis is a SOCKS port.*\n")
        .doesNotContain("ftp.example");
    assertThat(client.isOutputShutdown()).isTrue();
    assertThat(client.failures).containsExactly(HandshakeFailure.OTHER_PROTOCOL);
    assertThat(client.clients).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"GET", "GETS ", "USER amy\r\n", "SSH-2.0-x\r\n"})
  void whatIsNoHttpGetsNoAnswer(String text) {
    client.send(text.getBytes(US_ASCII));

    assertThat(client.isOpen()).isFalse();
    assertThat(client.answer()).isEmpty();
  }

  @Test
  void bytesBehindTheRequestComeOutFirstAndInOrder() {
    client.send(5, 1, 0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(request5("ftp.example", 21));
    bytes.writeBytes(new byte[] {1, 2, 3});
    client.send(bytes.toByteArray()).send(4, 5);
    assertThat(client.passedOn()).isEmpty();

    client.clients.get(0).accept();
    client.send(6);
    assertThat(client.passedOn()).isEqualTo("010203040506");
  }

  @Test
  void bytesBehindAnUnansweredRequestAreReleasedWhenTheClientGoes() {
    client.send(5, 1, 0);
    var early = Unpooled.buffer().writeBytes(request5("ftp.example", 21)).writeByte(1);
    client.writeInbound(early);
    client.close();
    client.runPendingTasks();
    assertThat(early.refCnt()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Refusal.class)
  void aRefusalIsAnsweredWithItsCode(Refusal refusal) {
    client.send(5, 1, 0).send(request5("ftp.example", 21));
    client.answer();
    client.clients.get(0).refuse(refusal);
    assertThat(client.answer()).isEqualTo("05%02x0001000000000000".formatted(refusal.socks5Code()));
    assertThat(client.isOutputShutdown()).isTrue();
    client.shutDownInput();
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void aSocks4RefusalHasOneCode() {
    client.send(4, 1, 0, 21, 192, 0, 2, 1, 0);
    client.clients.get(0).refuse(Refusal.NOT_ALLOWED);
    assertThat(client.answer()).isEqualTo("005b000000000000");
  }

  static Stream<Arguments> endsOfChannels() {
    return Stream.of(
        Arguments.of(new IOException("Connection reset by peer"), HandshakeFailure.HUNG_UP),
        Arguments.of(new IOException("Connection timed out"), HandshakeFailure.HUNG_UP),
        Arguments.of(new ClosedChannelException(), HandshakeFailure.HUNG_UP),
        Arguments.of(new NotYetConnectedException(), HandshakeFailure.HUNG_UP),
        Arguments.of(new DecoderException("for the test"), HandshakeFailure.MALFORMED),
        Arguments.of(new IllegalStateException("for the test"), HandshakeFailure.INTERNAL_ERROR));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endsOfChannels")
  void whatEndsAHandshakeIsCountedAsWhatItWas(Throwable cause, HandshakeFailure failure) {
    EmbeddedClient early = opened(EmbeddedClient.connect());
    early.pipeline().fireExceptionCaught(cause);
    EmbeddedClient late = opened(EmbeddedClient.connect()).send(5, 1, 0).send(5, 1);
    late.pipeline().fireExceptionCaught(cause);

    assertThat(early.failures).containsExactly(failure);
    assertThat(late.failures).containsExactly(failure);
    assertThat(early.isOpen() || late.isOpen()).isFalse();
  }

  @Test
  void aSlowClientIsClosedWhenTheTimeIsUpInTotal() {
    for (int sent : new int[] {5, 1, 0, 5, 1, 0, 1}) {
      client.advanceTimeBy(1, TimeUnit.SECONDS);
      client.send(sent);
      client.runScheduledPendingTasks();
    }
    assertThat(client.isOpen()).isTrue();
    client.advanceTimeBy(4, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();
    assertThat(client.isOpen()).isFalse();
    assertThat(client.failures).containsExactly(HandshakeFailure.TIMED_OUT);
  }

  @Test
  void theDeadlineEndsWithTheRequest() {
    client.send(5, 1, 0).send(request5("ftp.example", 21));
    client.advanceTimeBy(60, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();
    assertThat(client.isOpen()).isTrue();
    assertThat(client.failures).isEmpty();
  }

  @ParameterizedTest(name = "after {0} bytes")
  @ValueSource(ints = {0, 1, 3, 4, 9})
  void aClientThatEndsItsSideDuringTheHandshakeIsClosed(int count) {
    byte[] bytes = {5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 21};
    client.send(java.util.Arrays.copyOf(bytes, count));
    client.shutDownInput();
    client.runPendingTasks();
    assertThat(client.isOpen()).isFalse();
    assertThat(client.clients).isEmpty();
    assertThat(client.failures).hasSize(1);
  }

  @Test
  void anAddressThatIsNotAllowedIsClosedAtOnce() {
    client =
        opened(
            EmbeddedClient.connect(Map.of(), List.of("10.0.0.0/8"), new ConnectionLimits(10, 0)));
    assertThat(client.isOpen()).isFalse();
    assertThat(client.failures).containsExactly(HandshakeFailure.ADDRESS_NOT_ALLOWED);
  }

  @Test
  void oneConnectionTooManyIsClosedAndAnotherFitsWhenOneHasGone() {
    ConnectionLimits limits = new ConnectionLimits(10, 1);
    client = opened(EmbeddedClient.connect(Map.of(), List.of("0.0.0.0/0"), limits));
    EmbeddedClient second = opened(EmbeddedClient.connect(Map.of(), List.of("0.0.0.0/0"), limits));
    assertThat(second.isOpen()).isFalse();
    assertThat(second.failures).containsExactly(HandshakeFailure.TOO_MANY_CONNECTIONS);

    client.close();
    client.runPendingTasks();
    EmbeddedClient third = opened(EmbeddedClient.connect(Map.of(), List.of("0.0.0.0/0"), limits));
    assertThat(third.isOpen()).isTrue();
    third.finishAndReleaseAll();
    assertThat(limits.open()).isZero();
  }

  private ConnectionRequest request() {
    assertThat(client.failures).isEmpty();
    assertThat(client.clients).hasSize(1);
    return client.clients.get(0).request();
  }

  private void assertRefused(String answer, HandshakeFailure failure) {
    assertThat(client.answer()).endsWith(answer.replace(" ", ""));
    assertThat(client.clients).isEmpty();
    assertThat(client.failures).containsExactly(failure);
    assertThat(client.isOutputShutdown()).isTrue();
  }

  private static byte[] request5(String name, int port) {
    byte[] host = name.getBytes(UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {5, 1, 0, 3, (byte) host.length});
    bytes.writeBytes(host);
    bytes.write(port >> 8);
    bytes.write(port);
    return bytes.toByteArray();
  }

  private static byte[] credentials(String user, String password) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(1);
    for (String field : List.of(user, password)) {
      byte[] raw = field.getBytes(UTF_8);
      bytes.write(raw.length);
      bytes.writeBytes(raw);
    }
    return bytes.toByteArray();
  }
}
