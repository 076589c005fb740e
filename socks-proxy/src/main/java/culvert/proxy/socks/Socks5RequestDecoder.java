package culvert.proxy.socks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import java.util.List;

/**
 * Reads a BIND without its address and port, which are junk in practice; Netty's reads all else.
 */
final class Socks5RequestDecoder extends Socks5CommandRequestDecoder {
  private static final int COMMAND = 1;
  private static final int ADDRESS_TYPE = 3;
  private static final int PORT_LENGTH = 2;

  Socks5RequestDecoder() {
    super(new DomainBytes());
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    int start = in.readerIndex();
    if (state() == State.INIT
        && in.getByte(start) == 5
        && in.getByte(start + COMMAND) == Socks5CommandType.BIND.byteValue()) {
      int address = addressLength(in, start + ADDRESS_TYPE);
      if (address > 0) {
        in.skipBytes(ADDRESS_TYPE + 1 + address + PORT_LENGTH);
        out.add(BindRequest.INSTANCE);
        checkpoint(State.SUCCESS);
      }
    }
    super.decode(context, in, out);
  }

  /** 0: an unknown type, about which Netty's own complains. */
  private static int addressLength(ByteBuf in, int index) {
    byte type = in.getByte(index);
    if (type == Socks5AddressType.IPv4.byteValue()) {
      return 4;
    } else if (type == Socks5AddressType.IPv6.byteValue()) {
      return 16;
    }
    return type == Socks5AddressType.DOMAIN.byteValue() ? 1 + in.getUnsignedByte(index + 1) : 0;
  }
}
