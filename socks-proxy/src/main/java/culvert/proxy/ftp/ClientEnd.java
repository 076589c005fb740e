package culvert.proxy.ftp;

import culvert.proxy.relay.HomeLoop;
import culvert.ssh.Defects;
import culvert.ssh.PlainWords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.Arrays;

/** The client's end of a control connection. Confined to the client channel's loop. */
final class ClientEnd extends ChannelInboundHandlerAdapter {

  /** The session. */
  interface Listener {
    /** Bytes that may hold a password: they are wiped afterwards. */
    void sent(byte[] bytes);

    /** All that has come so far was {@link #sent}. */
    void readComplete();

    /** The client's EOF. */
    void clientEnded();

    /** The channel has closed, whoever closed it. */
    void clientGone(String detail);

    void clientWritabilityChanged();

    /** Something here, or in the session, went wrong that nobody but Culvert is to blame for. */
    void defect(Throwable cause);
  }

  private final DuplexChannel channel;
  private final Listener session;
  private boolean readAsked;
  private boolean unflushed;
  private boolean gone;
  private String detail = "connection closed";

  ClientEnd(DuplexChannel channel, Listener session) {
    this.channel = channel;
    this.session = session;
  }

  /** Hears of the channel's end from now on, and of its bytes once the front door is through. */
  void install() {
    channel.pipeline().addLast("ftp-client", this);
    channel.closeFuture().addListener(closed -> gone());
  }

  /** Sends bytes with the next {@link #flush}: what came together goes out together. */
  void write(byte[] bytes) {
    unflushed = true;
    channel.write(Unpooled.wrappedBuffer(bytes));
  }

  /** Sends everything that was written. */
  void flush() {
    if (unflushed) {
      unflushed = false;
      channel.flush();
    }
  }

  /**
   * Asks for one batch, unless one is under way; or tells of the end, of which only the front door
   * may have heard.
   */
  void read() {
    if (readAsked) {
      return;
    }
    readAsked = true;
    if (channel.isActive() && channel.isInputShutdown()) {
      HomeLoop.of(channel).postLater(session::clientEnded);
    } else {
      channel.read();
    }
  }

  /** Its channel has moved, and what was asked for has to be asked for again. */
  void moved() {
    if (readAsked) {
      channel.read();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    byte[] bytes = new byte[buffer.readableBytes()];
    try {
      buffer.readBytes(bytes);
      if (!buffer.isReadOnly()) {
        buffer.setZero(0, buffer.writerIndex());
      }
    } finally {
      buffer.release();
    }
    try {
      session.sent(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    readAsked = false;
    session.readComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      session.clientEnded();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    session.clientWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (Defects.isOne(cause)) {
      session.defect(cause);
      return;
    }
    detail = PlainWords.of(cause);
    context.close();
  }

  private void gone() {
    if (!gone) {
      gone = true;
      session.clientGone(detail);
    }
  }
}
