package culvert.proxy.socks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.List;

/**
 * RFC 1929 section 2. Netty's own decoder reads name and password as US-ASCII, so that one with an
 * umlaut never matches. What was decoded is wiped where it came in.
 */
final class CredentialsDecoder extends ByteToMessageDecoder {
  private static final int VERSION = 1;

  CredentialsDecoder() {
    setCumulator(CredentialsDecoder::cumulate);
  }

  /** Never leaves a copy in a buffer that goes back to its pool. */
  private static ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf earlier, ByteBuf in) {
    if (!earlier.isReadable()) {
      earlier.release();
      return in;
    }
    ByteBuf all = allocator.buffer(earlier.readableBytes() + in.readableBytes());
    all.writeBytes(earlier).writeBytes(in);
    wipe(earlier);
    earlier.release();
    wipe(in);
    in.release();
    return all;
  }

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
      int length = 3 + name.length + password.length;
      if (!in.isReadOnly()) {
        in.setZero(start, length);
      }
      in.skipBytes(length);
      out.add(new Credentials(name, password));
    }
  }

  @Override
  protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    super.decodeLast(context, in, out);
    wipe(in);
  }

  private static void wipe(ByteBuf buffer) {
    if (!buffer.isReadOnly()) {
      buffer.setZero(0, buffer.writerIndex());
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
