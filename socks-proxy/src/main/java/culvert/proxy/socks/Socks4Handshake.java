package culvert.proxy.socks;

import culvert.proxy.door.Refusal;
import culvert.proxy.event.HandshakeFailure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.socksx.v4.DefaultSocks4CommandResponse;
import io.netty.handler.codec.socksx.v4.Socks4CommandRequest;
import io.netty.handler.codec.socksx.v4.Socks4CommandStatus;
import io.netty.handler.codec.socksx.v4.Socks4CommandType;
import java.util.Optional;

/** SOCKS 4 and 4a: one request. The user id is not authenticated and not looked at. */
final class Socks4Handshake extends SocksHandshake {

  Socks4Handshake(DuplexChannel channel, Handshake handshake) {
    super(channel, handshake);
  }

  @Override
  void received(ChannelHandlerContext context, Object message) {
    Socks4CommandRequest request = (Socks4CommandRequest) message;
    if (!handshake().listener().users().isEmpty()) {
      rejectedWith(
          HandshakeFailure.NOT_AUTHENTICATED,
          "SOCKS 4 has no password, and this listener has users",
          response(Socks4CommandStatus.IDENTD_AUTH_FAILURE));
    } else if (!request.type().equals(Socks4CommandType.CONNECT)) {
      rejected(
          HandshakeFailure.COMMAND_NOT_SUPPORTED,
          "SOCKS 4 " + request.type(),
          Refusal.COMMAND_NOT_SUPPORTED);
    } else {
      requested(request.dstAddr(), request.dstPort(), Optional.empty());
    }
  }

  @Override
  void malformed(Object message, Throwable cause) {
    rejected(
        HandshakeFailure.MALFORMED, String.valueOf(cause.getMessage()), Refusal.GENERAL_FAILURE);
  }

  @Override
  Object acceptance() {
    return response(Socks4CommandStatus.SUCCESS);
  }

  @Override
  Object refusal(Refusal refusal) {
    return response(Socks4CommandStatus.REJECTED_OR_FAILED);
  }

  private static Object response(Socks4CommandStatus status) {
    return new DefaultSocks4CommandResponse(status);
  }
}
