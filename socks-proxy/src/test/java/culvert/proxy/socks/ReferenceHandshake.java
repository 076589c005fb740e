package culvert.proxy.socks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import culvert.proxy.door.Destination;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A second, plain reading of RFC 1928 and the SOCKS 4a memo over complete input, to compare with.
 * Without users.
 *
 * @param rest what came behind the request, in hexadecimal
 */
record ReferenceHandshake(String host, int port, String rest) {

  /** The request, if the bytes begin with a well-formed handshake that ends in CONNECT. */
  static Optional<ReferenceHandshake> read(byte[] bytes) {
    try {
      Reader in = new Reader(bytes);
      return switch (in.next()) {
        case 4 -> socks4(in);
        case 5 -> socks5(in);
        default -> Optional.empty();
      };
    } catch (IndexOutOfBoundsException | IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Optional<ReferenceHandshake> socks4(Reader in) {
    int command = in.next();
    int port = in.next() << 8 | in.next();
    byte[] address = in.bytes(4);
    in.untilZero();
    boolean named = address[0] == 0 && address[1] == 0 && address[2] == 0 && address[3] != 0;
    String host = named ? in.untilZero() : NetUtil.bytesToIpAddress(address);
    return connect(command, host, port, in);
  }

  private static Optional<ReferenceHandshake> socks5(Reader in) throws CharacterCodingException {
    byte[] methods = in.bytes(in.next());
    if (new String(methods, ISO_8859_1).indexOf(0) < 0 || in.next() != 5) {
      return Optional.empty();
    }
    int command = in.next();
    in.next();
    String host =
        switch (in.next()) {
          case 1 -> NetUtil.bytesToIpAddress(in.bytes(4));
          case 3 ->
              StandardCharsets.UTF_8
                  .newDecoder()
                  .decode(ByteBuffer.wrap(in.bytes(in.next())))
                  .toString();
          case 4 -> NetUtil.bytesToIpAddress(in.bytes(16));
          default -> throw new IllegalArgumentException("address type");
        };
    int port = in.next() << 8 | in.next();
    return connect(command, host, port, in);
  }

  private static Optional<ReferenceHandshake> connect(
      int command, String host, int port, Reader in) {
    if (command != 1 || port == 0) {
      return Optional.empty();
    }
    return Optional.of(new ReferenceHandshake(Destination.parse(host).host(), port, in.rest()));
  }

  private static final class Reader {
    private static final int MAX_FIELD = 255;

    private final byte[] bytes;
    private int position;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    int next() {
      return bytes[position++] & 0xff;
    }

    byte[] bytes(int count) {
      if (position + count > bytes.length) {
        throw new IndexOutOfBoundsException(position + count);
      }
      position += count;
      return Arrays.copyOfRange(bytes, position - count, position);
    }

    String untilZero() {
      int start = position;
      while (next() != 0) {
        if (position - start > MAX_FIELD) {
          throw new IllegalArgumentException("field too long");
        }
      }
      return new String(bytes, start, position - 1 - start, ISO_8859_1);
    }

    String rest() {
      return ByteBufUtil.hexDump(bytes, position, bytes.length - position);
    }
  }
}
