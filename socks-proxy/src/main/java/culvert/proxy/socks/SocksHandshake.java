package culvert.proxy.socks;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.BindClient;
import culvert.proxy.door.Destination;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.relay.Closing;
import culvert.ssh.PlainWords;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResultProvider;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * What SOCKS 4 and 5 have in common: reads until there is a request, hands the client over, then
 * reads no more, and gives what came behind the request to the handlers that follow.
 */
abstract class SocksHandshake extends ChannelInboundHandlerAdapter {
  static final String ENCODER = "encoder";
  static final String DECODER = "decoder";
  static final String NAME = "socks";

  private static final int MOST_DROPPED = 512;
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final DuplexChannel channel;
  private final Handshake handshake;
  private final Queue<ByteBuf> behindRequest = new ArrayDeque<>();
  private boolean awaitsPeer;
  private int droppedBytes;

  SocksHandshake(Handshake handshake) {
    this.channel = handshake.arrival().channel();
    this.handshake = handshake;
  }

  /** A message of the version's decoders, known to be well-formed. */
  abstract void received(ChannelHandlerContext context, Object message);

  /** The failed message says what the client was about when it went wrong. */
  abstract void malformed(Object message, Throwable cause);

  abstract Object refusal(Refusal refusal);

  /** A positive answer, with an address of ours. */
  abstract Object bound(InetSocketAddress address);

  final Handshake handshake() {
    return handshake;
  }

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      received(bytes);
    } else if (handshake.isOver()) {
      // The decoder's verdict on something that came after the end.
      return;
    } else if (message instanceof DecoderResultProvider decoded
        && decoded.decoderResult().isFailure()) {
      // Netty makes a failed request a CONNECT to a made-up address: never look at it.
      malformed(message, decoded.decoderResult().cause());
    } else {
      received(context, message);
    }
  }

  private void received(ByteBuf bytes) {
    if (!awaitsPeer) {
      behindRequest.add(bytes);
      return;
    }
    // A name behind SOCKS 4a's mark in a BIND at most: before its second answer no client speaks.
    droppedBytes += bytes.readableBytes();
    bytes.release();
    if (droppedBytes > MOST_DROPPED) {
      channel.close();
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext context) {
    if (!handshake.isOver() || awaitsPeer) {
      handshake.read();
    }
  }

  /** Checks the destination and hands the client over. */
  final void requested(String host, int port, Optional<String> user) {
    Destination destination;
    try {
      if (port < 1) {
        throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
      }
      destination = Destination.parse(host);
    } catch (IllegalArgumentException e) {
      rejected(HandshakeFailure.MALFORMED, PlainWords.of(e), Refusal.GENERAL_FAILURE);
      return;
    }
    handshake.succeeded();
    Arrival arrival = handshake.arrival();
    ConnectionRequest request =
        new ConnectionRequest(
            destination.host(),
            destination.address(),
            port,
            arrival.peer().getAddress(),
            handshake.listener().name());
    handshake.handler().handle(new SocksClient(this, arrival, request, user));
  }

  /** Hands a client over that waits for a peer; it is read from, so that its end is noticed. */
  final void bindRequested(Optional<String> user) {
    BindClient client =
        new SocksBindClient(this, handshake.arrival(), user, handshake.listener().name());
    Optional<InetSocketAddress> reserved = handshake.binds().bind(client);
    if (reserved.isEmpty()) {
      rejected(HandshakeFailure.NOT_EXPECTED, "BIND without an FTP session", Refusal.NOT_ALLOWED);
      return;
    }
    awaitsPeer = true;
    handshake.succeeded();
    channel.writeAndFlush(bound(reserved.get()));
  }

  /** Ends the handshake with an answer. */
  final void rejected(HandshakeFailure failure, String detail, Refusal answer) {
    handshake.failed(failure, detail);
    refuse(answer);
  }

  /** Ends the handshake with an answer that is not a refusal of a request. */
  final void rejectedWith(HandshakeFailure failure, String detail, Object answer) {
    handshake.failed(failure, detail);
    channel.write(answer);
    Closing.finish(channel, LAST_WORDS);
  }

  /**
   * Names the address where the client has reached us: under Dante's client that is the address
   * which programs see on their side, and tell FTP servers in PORT.
   */
  final void accept() {
    accept(bound(handshake.arrival().own()));
  }

  final void accept(Object answer) {
    awaitsPeer = false;
    channel.writeAndFlush(answer);
    if (channel.isActive()) {
      channel.pipeline().remove(DECODER);
      channel.pipeline().remove(this);
      channel.pipeline().remove(ENCODER);
    }
  }

  final void refuse(Refusal refusal) {
    awaitsPeer = false;
    channel.write(refusal(refusal));
    Closing.finish(channel, LAST_WORDS);
  }

  @Override
  public final void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !handshake.isOver()) {
      handshake.failed(HandshakeFailure.HUNG_UP, "in the middle of the handshake");
      context.close();
    } else if (event == ChannelInputShutdownEvent.INSTANCE && awaitsPeer) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext context) {
    handshake.failed(HandshakeFailure.HUNG_UP, "in the middle of the handshake");
    context.fireChannelInactive();
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    handshake.failed(cause);
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext context) {
    if (!channel.isOpen()) {
      behindRequest.forEach(ByteBuf::release);
    } else if (!behindRequest.isEmpty()) {
      behindRequest.forEach(context::fireChannelRead);
      context.fireChannelReadComplete();
    }
    behindRequest.clear();
  }
}
