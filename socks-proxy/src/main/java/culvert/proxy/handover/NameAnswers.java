package culvert.proxy.handover;

import culvert.filter.DestinationAddress;
import culvert.proxy.door.Destination;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers questions for names as a name server does (RFC 1035): every name has an address, for who
 * asks is to come here with it. What is no such question is not answered.
 */
final class NameAnswers {
  private static final int HEADER = 12;
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 255;
  private static final int TTL_SECONDS = 60;

  /** QR, and of the question's flags OPCODE, TC and the like have to be 0; RD may be set. */
  private static final int NO_QUESTION = 0xfa00;

  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RESPONSE_AND_RECURSION_AVAILABLE = 0x8080;
  private static final int SERVER_FAILURE = 2;
  private static final int NO_SUCH_NAME = 3;
  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;
  private static final int POINTER_TO_QUESTION = 0xc000 | HEADER;

  private NameAnswers() {}

  /**
   * A question.
   *
   * @param end where it ends in its datagram
   */
  private record Question(int id, int flags, String name, int type, int queryClass, int end) {}

  /**
   * The answer to a datagram.
   *
   * @param addresses of names; empty: there is none left
   * @return empty: it is no question
   */
  static Optional<byte[]> answer(
      byte[] datagram, Function<String, Optional<Inet4Address>> addresses) {
    return parse(datagram).map(question -> answer(question, datagram, addresses));
  }

  private static byte[] answer(
      Question question, byte[] datagram, Function<String, Optional<Inet4Address>> addresses) {
    if (question.name().toLowerCase(Locale.ROOT).matches("(.*\\.)?localhost")) {
      return write(question, datagram, 0, Optional.of(NetUtil.LOCALHOST4));
    }
    if (!isName(question.name())) {
      return write(question, datagram, NO_SUCH_NAME, Optional.empty());
    }
    Optional<Inet4Address> address = addresses.apply(question.name());
    return write(question, datagram, address.isPresent() ? 0 : SERVER_FAILURE, address);
  }

  /** One that can be asked for here, and no address. */
  private static boolean isName(String text) {
    try {
      return StandardCharsets.US_ASCII.newEncoder().canEncode(text)
          && Destination.parse(text).address() instanceof DestinationAddress.NotResolved;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] write(
      Question question, byte[] datagram, int code, Optional<Inet4Address> address) {
    boolean has =
        address.isPresent() && question.type() == TYPE_A && question.queryClass() == CLASS_IN;
    ByteBuffer out = ByteBuffer.allocate(question.end() + 16);
    out.putShort((short) question.id())
        .putShort(
            (short)
                (RESPONSE_AND_RECURSION_AVAILABLE | (question.flags() & RECURSION_DESIRED) | code))
        .putShort((short) 1)
        .putShort((short) (has ? 1 : 0))
        .putShort((short) 0)
        .putShort((short) 0)
        .put(datagram, HEADER, question.end() - HEADER);
    if (has) {
      out.putShort((short) POINTER_TO_QUESTION)
          .putShort((short) TYPE_A)
          .putShort((short) CLASS_IN)
          .putInt(TTL_SECONDS)
          .putShort((short) 4)
          .put(address.get().getAddress());
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static Optional<Question> parse(byte[] datagram) {
    ByteBuffer in = ByteBuffer.wrap(datagram);
    if (datagram.length < HEADER) {
      return Optional.empty();
    }
    int id = Short.toUnsignedInt(in.getShort());
    int flags = Short.toUnsignedInt(in.getShort());
    int questions = Short.toUnsignedInt(in.getShort());
    if ((flags & NO_QUESTION) != 0 || questions != 1) {
      return Optional.empty();
    }
    in.position(HEADER);
    StringBuilder name = new StringBuilder();
    while (true) {
      int length = in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : LONGEST_LABEL + 1;
      if (length == 0) {
        break;
      }
      if (length > LONGEST_LABEL || length > in.remaining() || name.length() > LONGEST_NAME) {
        return Optional.empty();
      }
      byte[] label = new byte[length];
      in.get(label);
      name.append(name.length() == 0 ? "" : ".")
          .append(new String(label, StandardCharsets.ISO_8859_1));
    }
    if (in.remaining() < 4) {
      return Optional.empty();
    }
    int type = Short.toUnsignedInt(in.getShort());
    int queryClass = Short.toUnsignedInt(in.getShort());
    return Optional.of(new Question(id, flags, name.toString(), type, queryClass, in.position()));
  }
}
