package culvert.ssh.proxy;

import culvert.ssh.SshFailure;
import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** CONNECT of SOCKS 5, RFC 1928. */
final class Socks5Dialogue implements ProxyDialogue {
  private static final int VERSION = 5;
  private static final int NO_AUTHENTICATION = 0;
  private static final int CONNECT = 1;
  private static final int IPV4 = 1;
  private static final int DOMAIN = 3;
  private static final int IPV6 = 4;

  private final byte[] request;
  private boolean methodChosen;

  /**
   * @throws ProxyException the name is too long for SOCKS
   */
  Socks5Dialogue(String host, int port) throws ProxyException {
    request = request(host, port);
  }

  private static byte[] request(String host, int port) throws ProxyException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(VERSION);
    out.write(CONNECT);
    out.write(0);
    byte @Nullable [] literal = NetUtil.createByteArrayFromIpAddressString(host);
    byte[] address = literal == null ? host.getBytes(StandardCharsets.UTF_8) : literal;
    if (literal != null) {
      out.write(literal.length == 4 ? IPV4 : IPV6);
    } else if (address.length <= 255) {
      out.write(DOMAIN);
      out.write(address.length);
    } else {
      throw new ProxyException(
          SshFailure.NAME_UNKNOWN,
          "takes no name of " + address.length + " bytes (expected: at most 255)");
    }
    out.writeBytes(address);
    out.write(port >> 8);
    out.write(port);
    return out.toByteArray();
  }

  @Override
  public byte[] begin() {
    return new byte[] {VERSION, 1, NO_AUTHENTICATION};
  }

  @Override
  public Step next(ByteBuf received) throws ProxyException {
    int at = received.readerIndex();
    if (received.isReadable() && received.getByte(at) != VERSION) {
      throw ProxyDialogue.notUnderstood(
          "0x%02x".formatted(received.getUnsignedByte(at)), "SOCKS version 5");
    }
    if (received.readableBytes() < 2) {
      return new NeedMore();
    }
    int second = received.getUnsignedByte(at + 1);
    if (!methodChosen) {
      if (second != NO_AUTHENTICATION) {
        throw new ProxyException(SshFailure.NO_ROUTE, "wants a login, which there is none for");
      }
      methodChosen = true;
      received.skipBytes(2);
      return new Send(request);
    }
    if (second != 0) {
      throw refusal(second);
    }
    return whole(received) ? new Connected() : new NeedMore();
  }

  /** Takes the reply if it is whole. */
  private static boolean whole(ByteBuf received) throws ProxyException {
    int at = received.readerIndex();
    if (received.readableBytes() < 5) {
      return false;
    }
    int addressLength =
        switch (received.getUnsignedByte(at + 3)) {
          case IPV4 -> 4;
          case IPV6 -> 16;
          case DOMAIN -> 1 + received.getUnsignedByte(at + 4);
          default ->
              throw ProxyDialogue.notUnderstood(
                  "address type " + received.getUnsignedByte(at + 3), "1, 3 or 4");
        };
    int length = 4 + addressLength + 2;
    if (received.readableBytes() < length) {
      return false;
    }
    received.skipBytes(length);
    return true;
  }

  private static ProxyException refusal(int reply) {
    return switch (reply) {
      case 1 -> refusal(SshFailure.NO_ROUTE, reply, "general failure");
      case 2 -> refusal(SshFailure.NO_ROUTE, reply, "not allowed");
      case 3 -> refusal(SshFailure.NO_ROUTE, reply, "network unreachable");
      case 4 -> refusal(SshFailure.NO_ROUTE, reply, "host unreachable");
      case 5 -> refusal(SshFailure.CONNECTION_REFUSED, reply, "connection refused");
      case 6 -> refusal(SshFailure.TIMED_OUT, reply, "TTL expired");
      default -> refusal(SshFailure.NO_ROUTE, reply, "refused");
    };
  }

  private static ProxyException refusal(SshFailure failure, int reply, String words) {
    return new ProxyException(failure, "%s (SOCKS reply %d)".formatted(words, reply));
  }
}
