package culvert.proxy.socks;

import culvert.proxy.relay.Closing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Browsers and HTTP proxy settings that were pointed at a SOCKS port: they are told so in their own
 * protocol, and with none of their own words.
 */
final class HttpClients {
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private static final String TEXT =
      "This is a SOCKS port (SOCKS 5, 4a or 4), and no HTTP proxy: set it as SOCKS proxy, for"
          + " instance socks5h://HOST:PORT.\n";

  private static final byte[] ANSWER =
      ("HTTP/1.1 400 Bad Request\r\n"
              + "Content-Type: text/plain; charset=us-ascii\r\n"
              + "Content-Length: "
              + TEXT.length()
              + "\r\nConnection: close\r\n\r\n"
              + TEXT)
          .getBytes(StandardCharsets.US_ASCII);

  private HttpClients() {}

  /** Whether these bytes begin a request (RFC 9112 section 3). */
  static boolean isRequest(ByteBuf bytes) {
    return METHODS.stream().anyMatch(method -> begins(bytes, method + " "));
  }

  private static boolean begins(ByteBuf bytes, String with) {
    return bytes.readableBytes() >= with.length()
        && bytes
            .toString(bytes.readerIndex(), with.length(), StandardCharsets.ISO_8859_1)
            .equals(with);
  }

  /** Answers, and closes. */
  static void answer(DuplexChannel channel) {
    channel.write(Unpooled.wrappedBuffer(ANSWER));
    Closing.finish(channel, LAST_WORDS);
  }
}
