package culvert.it.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;

/** Keeps what a channel reads and how its input ends; may be asked from any thread. */
final class Recorder extends ChannelInboundHandlerAdapter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private volatile boolean eof;
  private volatile boolean inactive;
  private volatile Throwable failure;

  byte[] bytes() {
    synchronized (bytes) {
      return bytes.toByteArray();
    }
  }

  int size() {
    synchronized (bytes) {
      return bytes.size();
    }
  }

  boolean eof() {
    return eof;
  }

  boolean inactive() {
    return inactive;
  }

  Throwable failure() {
    return failure;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      if (eof) {
        throw new AssertionError("bytes behind EOF");
      }
      byte[] read = new byte[buffer.readableBytes()];
      buffer.readBytes(read);
      synchronized (bytes) {
        bytes.writeBytes(read);
      }
    } finally {
      buffer.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    // Netty reports a reset socket's input as shut down, too, behind the exception.
    if (event == ChannelInputShutdownEvent.INSTANCE && failure == null) {
      eof = true;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inactive = true;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failure = cause;
    ctx.close();
  }
}
