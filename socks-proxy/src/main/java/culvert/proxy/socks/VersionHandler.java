package culvert.proxy.socks;

import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.relay.EarlyReads;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.socksx.v4.Socks4ServerEncoder;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5ServerEncoder;

/** Looks at the first byte and makes way for the handlers of that version. */
final class VersionHandler extends ChannelInboundHandlerAdapter {
  private static final int TLS_HANDSHAKE = 0x16;

  private final Handshake handshake;

  VersionHandler(Handshake handshake) {
    this.handshake = handshake;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.fireChannelActive();
    handshake.read();
    EarlyReads.handOver(context.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (!bytes.isReadable() || handshake.isOver()) {
      bytes.release();
      return;
    }
    int version = bytes.getUnsignedByte(bytes.readerIndex());
    ChannelPipeline pipeline = context.pipeline();
    switch (version) {
      case 4 ->
          pipeline
              .addLast(SocksHandshake.ENCODER, Socks4ServerEncoder.INSTANCE)
              .addLast(SocksHandshake.DECODER, new Socks4RequestDecoder())
              .addLast(SocksHandshake.NAME, new Socks4Handshake(handshake));
      case 5 ->
          pipeline
              .addLast(SocksHandshake.ENCODER, Socks5ServerEncoder.DEFAULT)
              .addLast(SocksHandshake.DECODER, new Socks5InitialRequestDecoder())
              .addLast(SocksHandshake.NAME, new Socks5Handshake(handshake));
      default -> {
        boolean http = HttpClients.isRequest(bytes);
        bytes.release();
        handshake.failed(HandshakeFailure.OTHER_PROTOCOL, describe(version));
        if (http) {
          pipeline.remove(this);
          HttpClients.answer(handshake.arrival().channel());
        } else {
          context.close();
        }
        return;
      }
    }
    pipeline.remove(this);
    context.fireChannelRead(bytes);
  }

  private static String describe(int firstByte) {
    String looksLike = "";
    if (firstByte == TLS_HANDSHAKE) {
      looksLike = ", looks like TLS";
    } else if (firstByte >= 'A' && firstByte <= 'Z') {
      looksLike = ", looks like HTTP: this is a SOCKS port";
    }
    return "first byte: 0x%02x%s (expected: 4 or 5)".formatted(firstByte, looksLike);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!handshake.isOver()) {
      handshake.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      handshake.failed(HandshakeFailure.HUNG_UP, "before its first byte");
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    handshake.failed(HandshakeFailure.HUNG_UP, "before its first byte");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    handshake.failed(cause);
  }
}
