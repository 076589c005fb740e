package culvert.ssh.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import culvert.config.SshWay.Proxy.Protocol;
import culvert.ssh.SshFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.nio.channels.NotYetConnectedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both protocols, with answers whole, in pieces, wrong, and with bytes of the server behind them.
 */
class ProxyHandshakeTest {
  private static final String SOCKS_OK =
      "\u0005\u0000" + "\u0005\u0000\u0000\u0001\u007f\u0000\u0000\u0001\u0000\u0016";
  private static final String HTTP_OK = "HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n";
  private static final String BANNER = "SSH-2.0-OpenSSH_9.2\r\n";

  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void readOnlyWhenAsked() {
    channel.config().setAutoRead(false);
  }

  @AfterEach
  void releaseAll() {
    channel.finishAndReleaseAll();
  }

  private Future<Void> start(Protocol protocol, String host) {
    return ProxyHandshake.start(channel, protocol, host, 22);
  }

  private void receive(String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, ISO_8859_1));
  }

  private String sent() {
    return text(channel::readOutbound);
  }

  private String passedOn() {
    return text(channel::readInbound);
  }

  private static String text(java.util.function.Supplier<ByteBuf> buffers) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf next = buffers.get(); next != null; next = buffers.get()) {
      all.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(next));
      next.release();
    }
    return all.toString(ISO_8859_1);
  }

  private static String answer(Protocol protocol) {
    return protocol == Protocol.HTTP ? HTTP_OK : SOCKS_OK;
  }

  @ParameterizedTest(name = "{0}, {1} bytes at a time")
  @CsvSource({"SOCKS5, 1", "SOCKS5, 3", "SOCKS5, 1000", "HTTP, 1", "HTTP, 7", "HTTP, 1000"})
  void bytesBehindTheAnswerGoToTheNextHandler(Protocol protocol, int piece) {
    Future<Void> connected = start(protocol, "ssh.example");
    String all = answer(protocol) + BANNER;
    for (int i = 0; i < all.length(); i += piece) {
      receive(all.substring(i, Math.min(all.length(), i + piece)));
    }

    assertThat(connected.isSuccess()).isTrue();
    assertThat(passedOn()).as("before it is finished").isEmpty();
    ProxyHandshake.finish(channel);
    assertThat(passedOn()).isEqualTo(BANNER);
    assertThat(channel.pipeline().get(ProxyHandshake.class)).isNull();
    receive("more");
    assertThat(passedOn()).isEqualTo("more");
  }

  @Test
  void socksGetsTheNameUnresolvedAndOffersNoLogin() {
    start(Protocol.SOCKS5, "ssh.example");
    assertThat(sent()).isEqualTo("\u0005\u0001\u0000");
    receive("\u0005\u0000");
    assertThat(sent()).isEqualTo("\u0005\u0001\u0000\u0003\u000bssh.example\u0000\u0016");
  }

  @Test
  void socksGetsALiteralAddressAsSuch() {
    start(Protocol.SOCKS5, "192.0.2.7");
    receive("\u0005\u0000");
    assertThat(sent()).endsWith("\u0005\u0001\u0000\u0001\u00c0\u0000\u0002\u0007\u0000\u0016");
  }

  @Test
  void socksAnswersWithANameOrAnIpv6Address() {
    Future<Void> name = start(Protocol.SOCKS5, "ssh.example");
    receive("\u0005\u0000\u0005\u0000\u0000\u0003\u0002ab\u0000\u0016");
    assertThat(name.isSuccess()).isTrue();

    EmbeddedChannel other = new EmbeddedChannel();
    Future<Void> ipv6 = ProxyHandshake.start(other, Protocol.SOCKS5, "ssh.example", 22);
    other.writeInbound(
        Unpooled.copiedBuffer(
            "\u0005\u0000\u0005\u0000\u0000\u0004" + "\u0000".repeat(18), ISO_8859_1));
    assertThat(ipv6.isSuccess()).isTrue();
    other.finishAndReleaseAll();
  }

  @ParameterizedTest(name = "reply {0}")
  @CsvSource({
    "1, NO_ROUTE, general failure (SOCKS reply 1)",
    "2, NO_ROUTE, not allowed (SOCKS reply 2)",
    "4, NO_ROUTE, host unreachable (SOCKS reply 4)",
    "5, CONNECTION_REFUSED, connection refused (SOCKS reply 5)",
    "6, TIMED_OUT, TTL expired (SOCKS reply 6)",
    "99, NO_ROUTE, refused (SOCKS reply 99)"
  })
  void socksRefuses(int reply, SshFailure failure, String message) {
    Future<Void> connected = start(Protocol.SOCKS5, "ssh.example");
    receive("\u0005\u0000\u0005" + (char) reply);
    assertFailure(connected, failure, message);
  }

  @ParameterizedTest(name = "status {0}")
  @CsvSource({
    "403, NO_ROUTE, forbidden (HTTP status 403)",
    "407, NO_ROUTE, 'wants a login, which there is none for (HTTP status 407)'",
    "502, NO_ROUTE, server not reached (HTTP status 502)",
    "504, TIMED_OUT, server not reached in time (HTTP status 504)"
  })
  void httpRefuses(int status, SshFailure failure, String message) {
    Future<Void> connected = start(Protocol.HTTP, "ssh.example");
    receive("HTTP/1.1 " + status + " No\r\n\r\n");
    assertFailure(connected, failure, message);
  }

  @Test
  void httpAsksForTheNameAndWaitsForTheFinalAnswer() {
    Future<Void> connected = start(Protocol.HTTP, "2001:db8::1");
    assertThat(sent())
        .isEqualTo("CONNECT [2001:db8::1]:22 HTTP/1.1\r\nHost: [2001:db8::1]:22\r\n\r\n");
    receive("HTTP/1.1 103 Early Hints\n\n");
    assertThat(connected.isDone()).isFalse();
    receive("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(connected.isSuccess()).isTrue();
  }

  @ParameterizedTest(name = "answer {index}")
  @ValueSource(strings = {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/2 200\r\n\r\n", "\u0005\u0000\n\n"})
  void whatIsNoHttpIsRefused(String answer) {
    Future<Void> connected = start(Protocol.HTTP, "ssh.example");
    receive(answer);
    assertFailure(connected, SshFailure.NO_ROUTE, "answered no HTTP (expected: HTTP/1.1 200)");
  }

  @Test
  void aHeadWithoutEndIsRefused() {
    Future<Void> connected = start(Protocol.HTTP, "ssh.example");
    receive("HTTP/1.1 200 OK\r\n" + "x".repeat(20_000));
    assertFailure(
        connected,
        SshFailure.NO_ROUTE,
        "answered a head of more than 16384 bytes (expected: less)");
  }

  @Test
  void whatIsNoSocksIsRefusedAndSoIsALogin() {
    Future<Void> connected = start(Protocol.SOCKS5, "ssh.example");
    receive("HTTP/1.1 400\r\n");
    assertFailure(connected, SshFailure.NO_ROUTE, "answered 0x48 (expected: SOCKS version 5)");

    EmbeddedChannel other = new EmbeddedChannel();
    Future<Void> login = ProxyHandshake.start(other, Protocol.SOCKS5, "ssh.example", 22);
    other.writeInbound(Unpooled.copiedBuffer("\u0005\u00ff", ISO_8859_1));
    assertFailure(login, SshFailure.NO_ROUTE, "wants a login, which there is none for");
    other.finishAndReleaseAll();
  }

  @Test
  void aNameThatIsTooLongForSocksIsNotSent() {
    Future<Void> connected = start(Protocol.SOCKS5, "x".repeat(256));
    assertFailure(
        connected, SshFailure.NAME_UNKNOWN, "takes no name of 256 bytes (expected: at most 255)");
    assertThat(sent()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"SOCKS5", "HTTP"})
  void aProxyThatHangsUpIsAFailure(Protocol protocol) {
    Future<Void> connected = start(protocol, "ssh.example");
    receive(answer(protocol).substring(0, 3));
    channel.close();
    assertFailure(connected, SshFailure.NO_ROUTE, "hung up without an answer");
  }

  private static void assertFailure(Future<Void> connected, SshFailure failure, String message) {
    assertThat(connected.cause())
        .isInstanceOfSatisfying(
            ProxyException.class,
            refused -> {
              assertThat(refused.failure()).isEqualTo(failure);
              assertThat(refused).hasMessage(message);
            });
  }

  @Test
  void aDefectStaysOne() {
    Future<Void> connected = start(Protocol.SOCKS5, "ssh.example");
    RuntimeException defect = new IllegalStateException("it was a defect");
    channel.pipeline().fireExceptionCaught(defect);

    assertThat(connected.cause()).isSameAs(defect);
    assertThat(catchThrowable(channel::checkException)).as("passed on").isSameAs(defect);
  }

  @Test
  void aConnectionThatBreaksIsToldInPlainWords() {
    Future<Void> connected = start(Protocol.SOCKS5, "ssh.example");
    RuntimeException reset = new NotYetConnectedException();
    channel.pipeline().fireExceptionCaught(reset);

    assertThat(catchThrowable(channel::checkException)).as("passed on").isSameAs(reset);
    assertThat(connected.cause()).hasMessage("connection broken: connection reset");
    assertThat(((ProxyException) connected.cause()).failure()).isEqualTo(SshFailure.NO_ROUTE);
  }
}
