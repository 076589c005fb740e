package culvert.proxy.socks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.socksx.v4.Socks4CommandType;
import io.netty.handler.codec.socksx.v4.Socks4ServerDecoder;
import java.util.List;

/**
 * Reads a BIND without its address and port, which are junk in practice, port 0 and the mark of a
 * SOCKS 4a name without a name included; Netty's decoder, which reads all else, takes neither.
 */
final class Socks4RequestDecoder extends Socks4ServerDecoder {
  private static final int COMMAND = 1;
  private static final int FIXED_LENGTH = 8;
  private static final int LONGEST_USER = 255;

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    int start = in.readerIndex();
    if (state() == State.START
        && in.getByte(start + COMMAND) == Socks4CommandType.BIND.byteValue()) {
      in.skipBytes(FIXED_LENGTH);
      int user = in.bytesBefore(LONGEST_USER + 1, (byte) 0);
      if (user < 0) {
        in.readerIndex(start); // too long: Netty's own says so
      } else {
        in.skipBytes(user + 1);
        out.add(BindRequest.INSTANCE);
        checkpoint(State.SUCCESS);
      }
    }
    super.decode(context, in, out);
  }
}
