package culvert.proxy.socks;

import culvert.proxy.door.Refusal;
import culvert.proxy.event.HandshakeFailure;
import culvert.ssh.PlainWords;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.socksx.v4.DefaultSocks4CommandResponse;
import io.netty.handler.codec.socksx.v4.Socks4CommandRequest;
import io.netty.handler.codec.socksx.v4.Socks4CommandStatus;
import io.netty.handler.codec.socksx.v4.Socks4CommandType;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/** SOCKS 4 and 4a: one request. The user id is not authenticated and not looked at. */
final class Socks4Handshake extends SocksHandshake {

  Socks4Handshake(Handshake handshake) {
    super(handshake);
  }

  @Override
  void received(ChannelHandlerContext context, Object message) {
    if (!handshake().listener().users().isEmpty()) {
      rejectedWith(
          HandshakeFailure.NOT_AUTHENTICATED,
          "SOCKS 4 has no password, and this listener has users",
          response(Socks4CommandStatus.IDENTD_AUTH_FAILURE));
    } else if (message == BindRequest.INSTANCE) {
      onBind();
    } else {
      onRequest((Socks4CommandRequest) message);
    }
  }

  /** Addresses of SOCKS 4 have four bytes. */
  private void onBind() {
    if (handshake().arrival().own().getAddress() instanceof Inet4Address) {
      bindRequested(Optional.empty());
    } else {
      rejected(
          HandshakeFailure.COMMAND_NOT_SUPPORTED,
          "SOCKS 4 BIND over IPv6",
          Refusal.COMMAND_NOT_SUPPORTED);
    }
  }

  private void onRequest(Socks4CommandRequest request) {
    if (!request.type().equals(Socks4CommandType.CONNECT)) {
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
    rejected(HandshakeFailure.MALFORMED, PlainWords.of(cause), Refusal.GENERAL_FAILURE);
  }

  @Override
  Object bound(InetSocketAddress address) {
    String host =
        address.getAddress() instanceof Inet4Address ipv4 ? ipv4.getHostAddress() : "0.0.0.0";
    return new DefaultSocks4CommandResponse(Socks4CommandStatus.SUCCESS, host, address.getPort());
  }

  @Override
  Object refusal(Refusal refusal) {
    return response(Socks4CommandStatus.REJECTED_OR_FAILED);
  }

  private static Object response(Socks4CommandStatus status) {
    return new DefaultSocks4CommandResponse(status);
  }
}
