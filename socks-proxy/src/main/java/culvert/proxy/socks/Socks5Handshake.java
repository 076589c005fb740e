package culvert.proxy.socks;

import culvert.proxy.door.Refusal;
import culvert.proxy.event.HandshakeFailure;
import culvert.ssh.PlainWords;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.socksx.v5.DefaultSocks5CommandResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5InitialResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5PasswordAuthResponse;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthStatus;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/** SOCKS 5: methods, perhaps name and password, then the request. */
final class Socks5Handshake extends SocksHandshake {
  private Optional<String> user = Optional.empty();

  Socks5Handshake(Handshake handshake) {
    super(handshake);
  }

  @Override
  void received(ChannelHandlerContext context, Object message) {
    if (message instanceof Socks5InitialRequest methods) {
      onMethods(context, methods);
    } else if (message instanceof Credentials credentials) {
      onCredentials(context, credentials);
    } else if (message == BindRequest.INSTANCE) {
      bindRequested(user);
    } else {
      onRequest((Socks5CommandRequest) message);
    }
  }

  private void onMethods(ChannelHandlerContext context, Socks5InitialRequest methods) {
    boolean withUsers = !handshake().listener().users().isEmpty();
    Socks5AuthMethod method = withUsers ? Socks5AuthMethod.PASSWORD : Socks5AuthMethod.NO_AUTH;
    if (!methods.authMethods().contains(method)) {
      rejectedWith(
          HandshakeFailure.NOT_AUTHENTICATED,
          "methods: " + methods.authMethods() + " (expected: " + method + ")",
          new DefaultSocks5InitialResponse(Socks5AuthMethod.UNACCEPTED));
      return;
    }
    context.writeAndFlush(new DefaultSocks5InitialResponse(method));
    expect(context, withUsers ? new CredentialsDecoder() : requestDecoder());
  }

  private void onCredentials(ChannelHandlerContext context, Credentials credentials) {
    user = credentials.checkedAgainst(handshake().listener().users());
    if (user.isEmpty()) {
      rejectedWith(
          HandshakeFailure.NOT_AUTHENTICATED,
          "wrong name or password",
          new DefaultSocks5PasswordAuthResponse(Socks5PasswordAuthStatus.FAILURE));
      return;
    }
    context.writeAndFlush(new DefaultSocks5PasswordAuthResponse(Socks5PasswordAuthStatus.SUCCESS));
    expect(context, requestDecoder());
  }

  private void onRequest(Socks5CommandRequest request) {
    if (request.type().equals(Socks5CommandType.CONNECT)) {
      requested(request.dstAddr(), request.dstPort(), user);
    } else {
      rejected(
          HandshakeFailure.COMMAND_NOT_SUPPORTED,
          "SOCKS 5 " + request.type(),
          Refusal.COMMAND_NOT_SUPPORTED);
    }
  }

  private static ChannelHandler requestDecoder() {
    return new Socks5RequestDecoder();
  }

  /** The old decoder, on leaving, hands what the client has sent ahead to the new one. */
  private static void expect(ChannelHandlerContext context, ChannelHandler decoder) {
    context.pipeline().replace(DECODER, DECODER, decoder);
  }

  @Override
  void malformed(Object message, Throwable cause) {
    String detail = PlainWords.of(cause);
    if (message instanceof Socks5CommandRequest) {
      rejected(
          HandshakeFailure.MALFORMED,
          detail,
          cause instanceof DomainBytes.UnknownAddressType
              ? Refusal.ADDRESS_TYPE_NOT_SUPPORTED
              : Refusal.GENERAL_FAILURE);
    } else {
      handshake().failed(HandshakeFailure.MALFORMED, detail);
      handshake().arrival().channel().close();
    }
  }

  @Override
  Object bound(InetSocketAddress address) {
    return new DefaultSocks5CommandResponse(
        Socks5CommandStatus.SUCCESS,
        address.getAddress() instanceof Inet6Address
            ? Socks5AddressType.IPv6
            : Socks5AddressType.IPv4,
        NetUtil.toAddressString(address.getAddress()),
        address.getPort());
  }

  @Override
  Object refusal(Refusal refusal) {
    return new DefaultSocks5CommandResponse(
        Socks5CommandStatus.valueOf((byte) refusal.socks5Code()), Socks5AddressType.IPv4);
  }
}
