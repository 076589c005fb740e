package culvert.ssh.proxy;

import culvert.config.SshWay;
import culvert.ssh.Defects;
import culvert.ssh.PlainWords;
import culvert.ssh.SshFailure;
import culvert.ssh.proxy.ProxyDialogue.Connected;
import culvert.ssh.proxy.ProxyDialogue.NeedMore;
import culvert.ssh.proxy.ProxyDialogue.Send;
import culvert.ssh.proxy.ProxyDialogue.Step;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/**
 * Speaks with a proxy over a connection to it, whose auto-read is off. Once the proxy has connected
 * nothing more is read; what came behind its answer is kept and, when this handler is removed,
 * passed on to the next one. Fails with {@link ProxyException} or a defect; never closes the
 * channel.
 */
public final class ProxyHandshake extends ChannelInboundHandlerAdapter {
  private final ProxyDialogue dialogue;
  private final Promise<Void> connected;
  private final CompositeByteBuf received = Unpooled.compositeBuffer();

  private ProxyHandshake(ProxyDialogue dialogue, Promise<Void> connected) {
    this.dialogue = dialogue;
    this.connected = connected;
  }

  /**
   * Asks for a connection. On the channel's event loop.
   *
   * @param channel connected to the proxy; the handshake is put before its other handlers
   * @return completes when the proxy has connected
   */
  public static Future<Void> start(
      Channel channel, SshWay.Proxy.Protocol protocol, String host, int port) {
    Promise<Void> connected = channel.eventLoop().newPromise();
    try {
      ProxyDialogue dialogue =
          switch (protocol) {
            case SOCKS5 -> new Socks5Dialogue(host, port);
            case HTTP -> new HttpConnectDialogue(host, port);
          };
      channel.pipeline().addFirst("proxy", new ProxyHandshake(dialogue, connected));
      channel.writeAndFlush(Unpooled.wrappedBuffer(dialogue.begin()));
      channel.read();
    } catch (ProxyException e) {
      connected.setFailure(e);
    }
    return connected;
  }

  /** Hands the connection over to the handlers behind. Where there is no proxy, nothing happens. */
  public static void finish(Channel channel) {
    if (channel.pipeline().get(ProxyHandshake.class) != null) {
      channel.pipeline().remove(ProxyHandshake.class);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    received.addComponent(true, (ByteBuf) message);
    if (!connected.isDone()) {
      try {
        advance(ctx);
      } catch (ProxyException e) {
        connected.tryFailure(e);
      }
    }
  }

  private void advance(ChannelHandlerContext ctx) throws ProxyException {
    Step step = dialogue.next(received);
    while (step instanceof Send send) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(send.bytes()));
      step = dialogue.next(received);
    }
    if (step instanceof Connected) {
      connected.trySuccess(null);
    } else if (!(step instanceof NeedMore)) {
      throw new IllegalStateException("proxy: " + step);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!connected.isDone()) {
      ctx.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connected.tryFailure(new ProxyException(SshFailure.NO_ROUTE, "hung up without an answer"));
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    connected.tryFailure(
        Defects.isOne(cause)
            ? cause
            : new ProxyException(
                SshFailure.NO_ROUTE, "connection broken: " + PlainWords.of(cause)));
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (received.isReadable() && ctx.channel().isActive()) {
      ctx.fireChannelRead(received);
      ctx.fireChannelReadComplete();
    } else {
      received.release();
    }
  }
}
