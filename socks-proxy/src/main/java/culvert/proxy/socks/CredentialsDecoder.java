package culvert.proxy.socks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.List;

/**
 * RFC 1929 section 2. Netty's own decoder reads name and password as US-ASCII, so that one with an
 * umlaut never matches.
 */
final class CredentialsDecoder extends ByteToMessageDecoder {
  private static final int VERSION = 1;

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int start = in.readerIndex();
    int version = in.getUnsignedByte(start);
    if (version != VERSION) {
      in.skipBytes(in.readableBytes());
      throw new CorruptedFrameException("RFC 1929 version: " + version + " (expected: 1)");
    }
    byte[] name = field(in, start + 1);
    byte[] password = name == null ? null : field(in, start + 2 + name.length);
    if (name != null && password != null) {
      in.skipBytes(3 + name.length + password.length);
      out.add(new Credentials(name, password));
    }
  }

  /** A length and so many bytes; null while they are not all there. */
  private static byte @org.jspecify.annotations.Nullable [] field(ByteBuf in, int index) {
    if (in.writerIndex() <= index) {
      return null;
    }
    int length = in.getUnsignedByte(index);
    if (in.writerIndex() < index + 1 + length) {
      return null;
    }
    byte[] field = new byte[length];
    in.getBytes(index + 1, field);
    return field;
  }
}
