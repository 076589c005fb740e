package culvert.ssh.proxy;

import culvert.config.Endpoint;
import culvert.ssh.SshFailure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP CONNECT, RFC 9110 section 9.3.6. */
final class HttpConnectDialogue implements ProxyDialogue {
  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})\\b.*");

  private final String authority;

  HttpConnectDialogue(String host, int port) {
    authority = Endpoint.format(host, port);
  }

  @Override
  public byte[] begin() {
    return ("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Step next(ByteBuf received) throws ProxyException {
    int length = headLength(received);
    if (length < 0) {
      return new NeedMore();
    }
    String head = received.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
    int status = status(head.lines().findFirst().orElse(""));
    if (status < 200) {
      return next(received); // provisional: the response is still to come
    }
    if (status >= 300) {
      throw refusal(status);
    }
    return new Connected(); // there is no content, whatever the head says of it
  }

  /** With the empty line that ends it; negative: it is not whole. */
  private static int headLength(ByteBuf received) throws ProxyException {
    int start = received.readerIndex();
    int most = Math.min(received.readableBytes(), MAX_HEAD_BYTES);
    boolean emptyLine = false;
    for (int i = 0; i < most; i++) {
      byte next = received.getByte(start + i);
      if (next == '\n' && emptyLine) {
        return i + 1;
      }
      emptyLine = next == '\n' || (emptyLine && next == '\r');
    }
    if (most == MAX_HEAD_BYTES) {
      throw ProxyDialogue.notUnderstood("a head of more than " + MAX_HEAD_BYTES + " bytes", "less");
    }
    return -1;
  }

  private static int status(String line) throws ProxyException {
    Matcher matcher = STATUS_LINE.matcher(line);
    if (!matcher.matches()) {
      throw ProxyDialogue.notUnderstood("no HTTP", "HTTP/1.1 200");
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static ProxyException refusal(int status) {
    String words =
        switch (status) {
          case 403 -> "forbidden";
          case 407 -> "wants a login, which there is none for";
          case 502, 503 -> "server not reached";
          case 504 -> "server not reached in time";
          default -> "refused";
        };
    return new ProxyException(
        status == 504 ? SshFailure.TIMED_OUT : SshFailure.NO_ROUTE,
        "%s (HTTP status %d)".formatted(words, status));
  }
}
