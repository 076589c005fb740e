package culvert.proxy.socks;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.socksx.v5.Socks5AddressDecoder;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads names as UTF-8, where Netty turns what is not US-ASCII into replacement characters. */
final class DomainBytes implements Socks5AddressDecoder {

  /** An address type that RFC 1928 does not know. */
  static final class UnknownAddressType extends DecoderException {
    UnknownAddressType(int type) {
      super("address type: " + type + " (expected: 1, 3 or 4)");
    }
  }

  @Override
  public String decodeAddress(Socks5AddressType type, ByteBuf in) throws Exception {
    if (type.equals(Socks5AddressType.DOMAIN)) {
      byte[] name = new byte[in.readUnsignedByte()];
      in.readBytes(name);
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
      } catch (CharacterCodingException e) {
        throw new DecoderException("name: not UTF-8", e);
      }
    }
    if (type.equals(Socks5AddressType.IPv4) || type.equals(Socks5AddressType.IPv6)) {
      return Socks5AddressDecoder.DEFAULT.decodeAddress(type, in);
    }
    throw new UnknownAddressType(type.byteValue() & 0xff);
  }
}
